import type { Connection, RowDataPacket } from 'mysql2/promise';
import { readCursors } from '../../producers/readCursors.ts';
import { openConnection } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import { patientSession } from '../storage/session.ts';
import type { LaneFindings } from './findings.ts';
import type { VerifyContext } from './verifyContext.ts';

/**
 * Finds records that a lane has published beyond what it has decided by now: each outbox row is one
 * record, so a record too many was published twice or by somebody else. `beyond`: records of these
 * kinds after the last one that its log demands up to `progress`. Where the publisher has come
 * further than the lane, the database was put back, and a processor mends that: the finding says
 * so. Call it after the reading.
 */
export async function comparePublishedTail(
  context: Pick<VerifyContext, 'admin' | 'settings' | 'topics'>,
  progress: Progress,
  kinds: readonly OutboxRow['kind'][],
  beyond: number,
  findings: LaneFindings,
): Promise<void> {
  if (beyond === 0) return;
  const { engine, lane } = progress;
  const connection = await openConnection(context.settings, 'read', patientSession);
  try {
    const most = await addedSince(connection, progress, kinds);
    if (beyond <= most) return;
    const made = (await readProgress(connection, engine, lane))?.outboxSequence ?? 0;
    const { sequence = 0 } = (await readCursors(context, engine)).get(lane) ?? {};
    const what =
      sequence > made
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
