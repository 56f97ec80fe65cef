import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { openConnection } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import { patientSession } from '../storage/session.ts';
import type { LaneFindings } from './findings.ts';

/**
 * Finds records that a lane has published beyond what it has decided by now: each outbox row is one
 * record, so a record too many was published twice or by somebody else. `beyond`: records of these
 * kinds after the last one that its log demands up to `progress`. A database that was put back has
 * not decided all of its log, and a processor mends that: it says so. Call it after the reading.
 */
export async function comparePublishedTail(
  settings: Settings,
  progress: Progress,
  kinds: readonly OutboxRow['kind'][],
  beyond: number,
  logEnd: number,
  findings: LaneFindings,
): Promise<void> {
  if (beyond === 0) return;
  const connection = await openConnection(settings, 'read', patientSession);
  try {
    const most = await addedSince(connection, progress, kinds);
    if (beyond <= most) return;
    // What the lane has still to make of its log may be there already.
    const what =
      progress.nextOffset < logEnd
        ? 'Kafka is ahead of the database, which may have been put back'
        : 'records after the last that the log demands';
    const texts = { expected: `${most} at most`, found: String(beyond) };
    findings.note({ where: 'Kafka', what, item: null, offset: null, ...texts });
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
