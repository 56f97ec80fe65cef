import type { RowDataPacket } from 'mysql2/promise';
import {
  type AppliedColumns,
  type AppliedRecord,
  appliedColumns,
  withApplied,
} from './appliedRecord.ts';
import type { EngineName } from './progress.ts';
import type { Querying } from './together.ts';

/** How far a lane is in MySQL, and who claimed it last. */
export interface ListedLane {
  engine: EngineName;
  lane: number;
  /** First offset that is not applied. */
  nextOffset: number;
  /** Log time of the last applied record, in ms since 1970; 0 before the first. */
  logTime: number;
  /** The last applied record; null before the first, or when it is not known. */
  applied: AppliedRecord | null;
  outboxSequence: number;
  /** Outbox rows up to this sequence are on Kafka for certain; its cursor may be ahead. */
  published: number;
  /** Host and process id. */
  owner: string;
}

/** Every lane that was ever claimed, by engine and number. */
export async function listLanes(reader: Querying): Promise<ListedLane[]> {
  const [rows] = await reader.query<RowDataPacket[]>(
    `SELECT engine, lane, next_offset AS nextOffset, outbox_sequence AS outboxSequence,
       log_time AS logTime, COALESCE(published, 0) AS published, owner, ${appliedColumns}
     FROM progress LEFT JOIN publications USING (engine, lane) ORDER BY engine, lane`,
  );
  return (rows as (Omit<ListedLane, 'applied'> & AppliedColumns)[]).map(withApplied);
}
