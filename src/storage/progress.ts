import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { OperationalError, messageOf } from '../ops/errors.ts';
import {
  type AppliedColumns,
  type AppliedRecord,
  appliedColumns,
  withApplied,
} from './appliedRecord.ts';
import { namedRows } from './rowStatements.ts';
import { codeOf } from './storageErrors.ts';
import type { Querying } from './together.ts';

/** Which engine's tables and topics: stock commands, or orders. */
export const engineNames = ['stock', 'order'] as const;
export type EngineName = (typeof engineNames)[number];

/** One partition of one engine's input topic, in one incarnation of that topic. */
export interface LaneId {
  engine: EngineName;
  lane: number;
  /** The input topic's id, 22 characters. */
  topicId: string;
  partitionCount: number;
}

/**
 * How far a lane is. The state in the other tables is a function of the log before `nextOffset`.
 */
export interface Progress extends LaneId {
  nextOffset: number;
  outboxSequence: number;
  /** Log time of the last applied record, in ms since 1970; 0 before the first. */
  logTime: number;
  epoch: number;
  /**
   * The last applied record, the one nearest to `nextOffset`; null before the first, and when it
   * was applied by a release that did not note it.
   */
  applied: AppliedRecord | null;
}

/** Another owner has claimed the lane, or the progress moved without us. Nothing was written. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/**
 * Takes the lane over in the caller's transaction: raises its epoch, so that every earlier owner is
 * fenced by its next compare-and-set. Throws TOPIC_REPLACED or PARTITION_COUNT_CHANGED.
 */
export async function claimLane(
  connection: Querying,
  id: LaneId,
  owner: string,
): Promise<Progress> {
  const { engine, lane, topicId, partitionCount } = id;
  // One statement, so that two claims at the same time wait for each other and never deadlock.
  // The first epoch is the microsecond: who owned the lane in a database of that name that was
  // dropped since has another one, and views that know that one see a newer.
  await connection.query(
    `INSERT INTO progress (engine, lane, topic_id, partition_count, next_offset, outbox_sequence,
       log_time, epoch, owner)
     VALUES (?, ?, ?, ?, 0, 0, 0, CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED), ?) AS fresh
     ON DUPLICATE KEY UPDATE epoch = progress.epoch + 1, owner = fresh.owner`,
    [engine, lane, topicId, partitionCount, owner],
  );
  const claimed = await readProgress(connection, engine, lane);
  if (!claimed) throw new FencedError(`the progress row of lane ${lane} vanished during its claim`);
  requireSameTopic(claimed, id);
  return claimed;
}

/** The progress row, or undefined before the lane's first claim. */
export async function readProgress(
  connection: Querying,
  engine: EngineName,
  lane: number,
): Promise<Progress | undefined> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT engine, lane, topic_id AS topicId, partition_count AS partitionCount,
       next_offset AS nextOffset, outbox_sequence AS outboxSequence, log_time AS logTime, epoch,
       ${appliedColumns}
     FROM progress WHERE engine = ? AND lane = ?`,
    [engine, lane],
  );
  const row = rows[0] as (Omit<Progress, 'applied'> & AppliedColumns) | undefined;
  return row && withApplied(row);
}

/** From where a lane goes to where. */
export interface Advance {
  from: Progress;
  to: Progress;
}

/**
 * First statement of every slice: moves the progress of lanes of one engine from where their slices
 * began to their ends, if each is still ours and still there. Throws FencedError otherwise. A stale
 * owner would make the offset negative, which a CHECK refuses, whatever the session is set to: of
 * the statements sent with this one none is run then.
 */
export async function advanceProgress(
  connection: Querying,
  engine: EngineName,
  advances: readonly Advance[],
): Promise<void> {
  if (advances.length === 0) return;
  const rows = advances.map(({ from, to }) => {
    const { nextOffset, outboxSequence, logTime, applied } = to;
    const reached = [nextOffset, outboxSequence, logTime];
    const last = [applied?.offset ?? null, applied?.time ?? null, applied?.digest ?? null];
    return [from.lane, from.nextOffset, from.epoch, ...reached, ...last];
  });
  try {
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
      `UPDATE ${namedRows(rows)}
         AS moved (lane, from_offset, epoch, next_offset, outbox_sequence, log_time,
           applied_offset, applied_time, applied_digest)
       STRAIGHT_JOIN progress FORCE INDEX (PRIMARY)
         ON progress.engine = ? AND progress.lane = moved.lane
       SET progress.next_offset = IF(
           progress.next_offset = moved.from_offset AND progress.epoch = moved.epoch,
           moved.next_offset, -1),
         progress.outbox_sequence = moved.outbox_sequence, progress.log_time = moved.log_time,
         progress.applied_offset = moved.applied_offset,
         progress.applied_time = moved.applied_time,
         progress.applied_digest = moved.applied_digest`,
      [engine],
    );
    if (affectedRows === advances.length) return;
  } catch (error) {
    if (!isStaleOwner(error)) throw error;
  }
  const places = advances.map(({ from }) => {
    return `lane ${from.lane} at ${from.nextOffset} in epoch ${from.epoch}`;
  });
  throw new FencedError(`not where it was: ${places.join(', ')}`);
}

/**
 * Changes nothing, and fails with a FencedError where a claim is not the lane's latest: of the
 * statements that are sent after it in one packet none is run then.
 */
export async function requireClaim(
  connection: Querying,
  { engine, lane, epoch }: Pick<Progress, 'engine' | 'lane' | 'epoch'>,
): Promise<void> {
  try {
    await connection.query(
      `UPDATE progress SET next_offset = IF(epoch = ?, next_offset, -1)
       WHERE engine = ? AND lane = ?`,
      [epoch, engine, lane],
    );
  } catch (error) {
    if (!isStaleOwner(error)) throw error;
    throw new FencedError(`lane ${lane} has been claimed since epoch ${epoch}`);
  }
}

function isStaleOwner(error: unknown): boolean {
  const refused = codeOf(error) === 'ER_CHECK_CONSTRAINT_VIOLATED';
  return refused && messageOf(error).includes("'never_by_stale_owner'");
}

/** Throws TOPIC_REPLACED or PARTITION_COUNT_CHANGED when another topic had fed what was found. */
export function requireSameTopic(
  found: Pick<LaneId, 'topicId' | 'partitionCount'>,
  id: Pick<LaneId, 'topicId' | 'partitionCount'>,
): void {
  if (found.partitionCount !== id.partitionCount) {
    throw new OperationalError(
      'PARTITION_COUNT_CHANGED',
      `the input topic has ${id.partitionCount} partitions, the stored state was made with ` +
        `${found.partitionCount}: a key would change its writer`,
      {
        hint: 'Move to a new topic and database, or restore the topic with its old count.',
      },
    );
  }
  if (found.topicId !== id.topicId) {
    throw new OperationalError(
      'TOPIC_REPLACED',
      `the log was topic id ${found.topicId}; the topic of that name is now ${id.topicId}: ` +
        `it was deleted and created again, its offsets start anew`,
      { hint: 'Restore the old topic, or start over with an empty database.' },
    );
  }
}
