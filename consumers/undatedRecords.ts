import type { KafkaMessage } from 'kafkajs';
import { OperationalError } from '../src/ops/errors.ts';

/** What kafkajs knows of the batch in which a record came, and its typings leave out. */
type BatchedMessage = KafkaMessage & { batchContext?: { timestampType: number } };

const createTime = 0;

/**
 * Whether a record carries its sender's time instead of the broker's: each batch says which, so
 * that a topic setting that was changed for a while is seen in the log for good.
 */
export function isUndated({ batchContext }: BatchedMessage): boolean {
  return batchContext?.timestampType === createTime;
}

/** Offset of the first record from an offset on that the broker has not dated. */
export function firstUndated(messages: readonly KafkaMessage[], from: number): number | undefined {
  const found = messages.find((message) => isUndated(message) && Number(message.offset) >= from);
  return found && Number(found.offset);
}

/** Why a lane is held at such a record. */
export function undatedError(topic: string, lane: number, offset: number): OperationalError {
  return new OperationalError(
    'RECORDS_UNDATED',
    `${topic}/${lane} has a record at offset ${offset} with its sender's time, not the broker's`,
    {
      hint:
        'Set message.timestamp.type=LogAppendTime on the topic with kafka-configs. Then let ' +
        'processors run with ONHAND_UNDATED_RECORDS=dead-letter, and send those records again: ' +
        '`onhand dead-letter resend --reason UNDATED`.',
    },
  );
}
