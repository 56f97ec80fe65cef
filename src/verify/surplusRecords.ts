import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import type { Finding } from './findings.ts';
import type { ReplayedLane } from './replayLanes.ts';

/**
 * Finds lanes of which more is published than they have decided by now: each outbox row is one
 * record, so a record too many was published twice or by somebody else. Call it after the reading,
 * with the kinds of rows that were read.
 */
export async function surplusRecords(
  settings: Settings,
  lanes: readonly ReplayedLane[],
  kinds: readonly OutboxRow['kind'][],
  published: (lane: number) => number,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    for (const { progress, rows } of lanes) {
      const { engine, lane } = progress;
      const count = published(lane);
      const demanded = rows.filter(({ kind }) => kinds.includes(kind)).length;
      if (count <= demanded) continue;
      const most = demanded + (await addedSince(connection, progress, kinds));
      if (count <= most) continue;
      const texts = { expected: `${most} at most`, found: String(count) };
      findings.push({ engine, lane, where: 'Kafka', what: 'records published', ...texts });
    }
    return findings;
  } finally {
    await connection.end();
  }
}

/**
 * Rows of these kinds that a lane has added since. Counted by what is not of these kinds: a row may
 * have been pruned meanwhile.
 */
async function addedSince(
  connection: Connection,
  { engine, lane, outboxSequence: since }: Progress,
  kinds: readonly OutboxRow['kind'][],
): Promise<number> {
  const now = (await readProgress(connection, engine, lane))?.outboxSequence ?? since;
  const [rows] = await connection.query<(RowDataPacket & { others: number })[]>(
    `SELECT COUNT(*) AS others FROM outbox
     WHERE engine = ? AND lane = ? AND sequence > ? AND sequence <= ? AND kind NOT IN (?)`,
    [engine, lane, since, now, kinds],
  );
  return now - since - (rows[0]?.others ?? 0);
}
