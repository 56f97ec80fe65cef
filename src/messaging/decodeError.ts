/** Why bytes are no message of ours. They go to the dead-letter topic under this name. */
export type DecodeFailure =
  | 'UNDATED'
  | 'EMPTY_VALUE'
  | 'NOT_SINGLE_OBJECT_ENCODED'
  | 'UNKNOWN_SCHEMA'
  | 'UNREADABLE_SCHEMA'
  | 'UNKNOWN_KIND'
  | 'KIND_CONTRADICTED'
  | 'BROKEN_BODY'
  | 'WRONG_PARTITION'
  | 'BATCH_TOO_LARGE'
  | 'BATCH_UNREADABLE';

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly failure: DecodeFailure;

  constructor(failure: DecodeFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
