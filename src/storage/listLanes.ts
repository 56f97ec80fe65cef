import type { RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';
import type { Querying } from './together.ts';

/** How far a lane is in MySQL, and who claimed it last. */
export interface ListedLane {
  engine: EngineName;
  lane: number;
  /** First offset that is not applied. */
  nextOffset: number;
  outboxSequence: number;
  /** Outbox rows up to this sequence are on Kafka for certain; its cursor may be ahead. */
  published: number;
  /** Host and process id. */
  owner: string;
}

/** Every lane that was ever claimed, by engine and number. */
export async function listLanes(reader: Querying): Promise<ListedLane[]> {
  const [rows] = await reader.query<(RowDataPacket & ListedLane)[]>(
    `SELECT engine, lane, next_offset AS nextOffset, outbox_sequence AS outboxSequence,
       COALESCE(published, 0) AS published, owner
     FROM progress LEFT JOIN publications USING (engine, lane) ORDER BY engine, lane`,
  );
  return rows;
}
