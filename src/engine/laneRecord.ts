import type { RecordHeaders } from '../messaging/recordHeaders.ts';

/** A record of the input topic, as the consumer hands it to a lane. */
export interface LaneRecord {
  offset: number;
  /** The broker's append time, in ms since 1970. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
}
