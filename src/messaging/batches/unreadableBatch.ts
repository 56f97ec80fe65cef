import type { KafkaMessage } from 'kafkajs';
import { OperationalError } from '../../ops/errors.ts';
import type { BatchFault } from './batchFailure.ts';

/** A batch whose records cannot be had. All that is known of it is what its header says. */
export interface UnreadableBatch {
  fault: BatchFault;
  /** What is wrong with it, after "the batch". */
  message: string;
  firstOffset: number;
  lastOffset: number;
  /** So many, says its sender. */
  records: number;
  /** As it lies in the log. */
  bytes: number;
  codec: string;
}

/** A message that stands for a whole batch, at its last offset; it has no key and no value. */
export type MaybeUnreadable = KafkaMessage & { unreadable?: UnreadableBatch };

export function unreadableOf(message: KafkaMessage): UnreadableBatch | undefined {
  return (message as MaybeUnreadable).unreadable;
}

/** Where it is and what is wrong, for people. */
export function unreadableText(batch: UnreadableBatch): string {
  const { firstOffset, lastOffset, records, bytes, codec, message } = batch;
  return (
    `the batch at offsets ${firstOffset} to ${lastOffset} ` +
    `(${records} records, ${bytes} bytes, codec ${codec}) ${message}`
  );
}

/** The error of a reader that cannot go on without these records. */
export function unreadableError(
  batch: UnreadableBatch,
  topic: string,
  partition: number,
): OperationalError {
  return new OperationalError(batch.fault, `${topic}/${partition}: ${unreadableText(batch)}`, {
    hint: hints[batch.fault],
  });
}

/** Whether it is one of these: trying again does not help. */
export function isBatchError(error: unknown): boolean {
  return error instanceof OperationalError && error.code in hints;
}

const hints: Record<BatchFault, string> = {
  BATCH_TOO_LARGE: 'Raise ONHAND_KAFKA_INFLATED_BYTES_MAX, or go on behind these offsets.',
  BATCH_UNREADABLE: 'Nobody can read it: go on behind these offsets.',
  BATCH_DAMAGED:
    'The bytes changed after Kafka took them: look at the disk of the leading broker, and let ' +
    'another replica lead.',
};

/** For readers that take an unreadable batch for a fact of the log: a damaged one is none. */
export function requireUndamaged(
  messages: readonly KafkaMessage[],
  topic: string,
  partition: number,
): void {
  const damaged = messages.filter((message) => unreadableOf(message)?.fault === 'BATCH_DAMAGED');
  requireReadable(damaged, topic, partition);
}

/** For readers that can only go on with all records. Throws the error of the first bad batch. */
export function requireReadable(
  messages: readonly KafkaMessage[],
  topic: string,
  partition: number,
): void {
  for (const message of messages) {
    const batch = unreadableOf(message);
    if (batch) throw unreadableError(batch, topic, partition);
  }
}
