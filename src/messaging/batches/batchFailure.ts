/**
 * Why the records of a batch cannot be had. The first two are answers, since the same bytes always
 * give them: BATCH_TOO_LARGE, it inflates to more than ONHAND_KAFKA_INFLATED_BYTES_MAX;
 * BATCH_UNREADABLE, its sender wrote what no reader understands. BATCH_DAMAGED is none: its bytes
 * are not those that the broker took (its checksum says so), and another replica may have them.
 */
export type BatchFault = 'BATCH_TOO_LARGE' | 'BATCH_UNREADABLE' | 'BATCH_DAMAGED';

export class BatchFailure extends Error {
  override readonly name = 'BatchFailure';
  readonly fault: BatchFault;

  constructor(fault: BatchFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export function tooLarge(bytesMax: number): BatchFailure {
  return new BatchFailure(
    'BATCH_TOO_LARGE',
    `inflates to more than ${bytesMax} bytes (ONHAND_KAFKA_INFLATED_BYTES_MAX)`,
  );
}

export function unreadable(what: string): BatchFailure {
  return new BatchFailure('BATCH_UNREADABLE', what);
}
