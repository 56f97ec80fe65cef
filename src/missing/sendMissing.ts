import type { RowDataPacket } from 'mysql2/promise';
import { cutRows } from '../../producers/cutRows.ts';
import { transactionLimits } from '../../producers/publisherProducer.ts';
import { OperationalError } from '../ops/errors.ts';
import type { RunningOperation } from '../replay/asOperation.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { readSkuLevels } from '../storage/skuLevels.ts';
import { requireProgress } from '../verify/laneInput.ts';
import { untilPublished } from '../verify/untilPublished.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';
import { type FoldBegin, foldRows } from './foldRows.ts';
import type { LaneLack } from './laneLack.ts';
import type { MissingSender } from './missingSender.ts';

/** Sends the rows that a lane lacks, from its log. Throws as `foldRows`, OPERATION_LOST. */
export async function sendRows(
  context: VerifyContext,
  operation: RunningOperation,
  sender: MissingSender,
  lack: LaneLack,
  begin: FoldBegin,
): Promise<void> {
  const { lane } = lack;
  const left = new Set(lack.missing.flatMap(({ sequences }) => sequences));
  if (left.size === 0) return;
  const waiting: OutboxRow[] = [];
  const send = async (count: number) => {
    await operation.requireLock(operation.connection);
    await sender.sendRows(lane, waiting.splice(0, count));
  };
  for await (const { rows } of foldRows(context, lack, begin)) {
    waiting.push(...rows.filter(({ sequence }) => left.delete(sequence)));
    for (let count; (count = cutRows(waiting, transactionLimits)) < waiting.length;) {
      await send(count);
    }
    if (left.size === 0) break;
  }
  await send(waiting.length);
}

/**
 * Sends the levels that a stock lane lacks, while it is held: one that is sent after a newer one
 * would stand for good. Levels that have changed since are left to its publisher. Returns how many
 * were sent. Throws LANE_UNPUBLISHED, OPERATION_LOST.
 */
export async function sendLevels(
  context: VerifyContext,
  operation: RunningOperation,
  sender: MissingSender,
  { engine, lane, levels }: LaneLack,
): Promise<number> {
  if (levels.length === 0) return 0;
  const { connection } = operation;
  await connection.query('START TRANSACTION');
  try {
    await connection.query<RowDataPacket[]>(
      'SELECT epoch FROM progress WHERE engine = ? AND lane = ? FOR UPDATE',
      [engine, lane],
    );
    const progress = await requireProgress(connection, { engine, lane });
    if (!(await untilPublished(context, progress))) {
      throw new OperationalError('LANE_UNPUBLISHED', `${engine} lane ${lane} has rows to publish`, {
        hint: 'Its levels are sent once its publisher has come to the end: start a processor.',
      });
    }
    const latest = [];
    for (const level of levels) {
      const stored = await readSkuLevels(connection, lane, level.sku);
      const now = stored.find(({ location }) => location === level.location);
      if (now?.sequence === level.sequence) latest.push(level);
    }
    await operation.requireLock(connection);
    await sender.sendLevels(lane, latest);
    return latest.length;
  } finally {
    await connection.query('ROLLBACK');
  }
}
