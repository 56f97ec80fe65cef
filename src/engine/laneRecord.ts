import type { UnreadableBatch } from '../messaging/batches/unreadableBatch.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';

/** A record of the input topic, as the consumer hands it to a lane. */
export interface LaneRecord {
  offset: number;
  /** The broker's append time, in ms since 1970; of an undated record, what its sender gave it. */
  timestamp: number;
  /** The broker did not stamp it: its time says nothing about when it was appended. */
  undated?: true;
  key: Buffer | null;
  value: Buffer | null;
  /** The value as it came, where it named its schema by an id of a registry. */
  received?: Buffer | undefined;
  headers: RecordHeaders;
  /** Where it stands for a whole batch whose records cannot be had, at its last offset. */
  unreadable?: UnreadableBatch;
}

/** Bytes that a record keeps in memory and, as a dead letter, takes in a statement. */
export function recordBytes({ key, value, received, headers }: LaneRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0) + (received?.length ?? 0);
  for (const name in headers) {
    const header = headers[name] ?? [];
    bytes += name.length;
    if (Array.isArray(header)) header.forEach(({ length }) => (bytes += length));
    else bytes += header.length;
  }
  return bytes;
}
