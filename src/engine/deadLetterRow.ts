import { createHash } from 'node:crypto';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { timeText } from '../ops/timeText.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId } from '../storage/progress.ts';
import { type LaneRecord, recordBytes } from './laneRecord.ts';

/** A message can quote a SKU of any length. */
const messageLengthMax = 300;
/**
 * Bytes of a record that a letter carries as they are: more than a record may have that comes
 * uncompressed, less than dead-letter topics take. What inflates to more is cut.
 */
const wholeBytesMax = 1_100_000;
/** What is kept of the parts of a larger one. */
const keptBytesMax = { key: 10_000, headers: 100_000, value: 100_000 };

/** Why a record is a dead letter. */
interface Failure {
  failure: string;
  message: string;
}

/**
 * The row by which a record that cannot be decoded goes to the dead-letter topic: as received, or,
 * if that does not fit, cut; then its headers say what it was (`onhand-cut`), and the original is
 * where the letter says that it was received. A batch that cannot be read is one letter.
 */
export function deadLetterRow(
  record: LaneRecord,
  failure: Failure,
  { lane, topicId }: LaneId,
  time: number,
  sequence: number,
): OutboxRow {
  const { key, value, headers } = fitting(record);
  const own: Record<string, string> = {
    'onhand-reason': failure.failure,
    'onhand-message': failure.message.slice(0, messageLengthMax),
    'onhand-topic-id': topicId,
    'onhand-partition': String(lane),
    'onhand-offset': String(record.offset),
    'onhand-time': timeText(record.timestamp),
  };
  if (record.unreadable) {
    const { firstOffset, records } = record.unreadable;
    own['onhand-batch'] = `${records} records from offset ${firstOffset}`;
  }
  for (const [name, text] of Object.entries(own)) headers[name] = Buffer.from(text);
  return {
    sequence,
    kind: 'dead-letter',
    commandId: null,
    time,
    key,
    headers,
    value,
    level: null,
  };
}

/** What a letter takes of a record; `headers` are the caller's to add to. */
function fitting(record: LaneRecord): Pick<LaneRecord, 'key' | 'value' | 'headers'> {
  const { key } = record;
  const value = record.received ?? record.value;
  const headers: RecordHeaders = { ...record.headers };
  if (recordBytes({ ...record, value, received: undefined }) <= wholeBytesMax) {
    return { key, value, headers };
  }
  const headerBytes = recordBytes({ ...record, key: null, value: null, received: undefined });
  const hasRoom = headerBytes <= keptBytesMax.headers;
  const cut = [
    cutText('key', key, keptBytesMax.key),
    cutText('value', value, keptBytesMax.value),
    hasRoom ? '' : `headers left out, ${headerBytes} bytes`,
  ];
  return {
    key: key?.subarray(0, keptBytesMax.key) ?? null,
    value: value?.subarray(0, keptBytesMax.value) ?? null,
    headers: {
      ...(hasRoom && headers),
      'onhand-cut': Buffer.from(cut.filter((text) => text !== '').join('; ')),
    },
  };
}

/** Says what a part was that is longer; empty when it is not. */
function cutText(name: string, bytes: Buffer | null, bytesMax: number): string {
  if (!bytes || bytes.length <= bytesMax) return '';
  const digest = createHash('sha256').update(bytes).digest('hex');
  return `${name} of ${bytes.length} bytes, SHA-256 ${digest}`;
}
