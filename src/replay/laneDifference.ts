import { policyOf } from '../engine/policyOf.ts';
import type { Settings } from '../config/settings.ts';
import { OperationalError, invariant } from '../ops/errors.ts';
import { isSameRecord } from '../storage/appliedRecord.ts';
import type { LaneTableName } from '../storage/laneTables.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import { readPublished } from '../storage/publications.ts';
import {
  type ComparedRows,
  type TableDifference,
  countDifference,
  readOutboxBeginning,
} from '../storage/shadowDifference.ts';
import { requireSoundShadow } from './requireSoundShadow.ts';
import type { ShadowLane } from './shadowLane.ts';

/** Where a lane's rows are not what its log says. */
export interface LaneDifference {
  /** The lane's progress at which it was compared. */
  progress: Progress;
  rows: ComparedRows;
  /** The first outbox sequence that cannot have been pruned by now. */
  keptFrom: number;
  /** By table; those that are as they should be are left out. */
  tables: Partial<Record<LaneTableName, TableDifference>>;
  /** Columns of the progress row that are wrong. */
  wrongProgress: ('outboxSequence' | 'logTime' | 'applied')[];
}

/**
 * Folds the lane on to its progress and compares, in a transaction of the shadow's connection that
 * sees the lane at one moment, or holds it. `outboxFrom`: sequence of the first outbox row that the
 * shadow could have. Throws REBUILD_REFUSED when the lane cannot be what the fold says.
 */
export async function laneDifference(
  shadow: ShadowLane,
  settings: Settings,
  outboxFrom: number,
): Promise<LaneDifference> {
  const { connection, replay, tables } = shadow;
  const { engine, lane } = replay.progress;
  const progress = await readProgress(connection, engine, lane);
  invariant(progress, `the progress row of ${engine} lane ${lane} vanished`);
  if (progress.nextOffset < shadow.position) {
    throw refused(progress, `went back from offset ${shadow.position} meanwhile`);
  }
  await shadow.advance(progress.nextOffset);
  await shadow.writeState();
  requireDecided(shadow);
  await requireSoundShadow(shadow);
  const { outboxSequence, logTime } = replay.progress;
  const published = await readPublished(connection, engine, lane);
  if (published > outboxSequence) {
    throw refused(
      progress,
      `has published ${published} rows, its log up to there causes ${outboxSequence}`,
    );
  }
  const forgottenBefore = logTime - policyOf(settings).commandMemoryMs;
  const place = { engine, lane };
  const { present, kept } = await readOutboxBeginning(
    connection,
    place,
    published,
    forgottenBefore,
  );
  const rows: ComparedRows = {
    ...place,
    knownFrom: outboxFrom,
    missedFrom: Math.min(present, kept),
  };
  const keptFrom = Math.min(kept, outboxSequence + 1);
  const difference: LaneDifference = { progress, rows, keptFrom, tables: {}, wrongProgress: [] };
  for (const table of tables) {
    const found = await countDifference(connection, table, rows);
    const isNone = found.missing + found.surplus + found.differing === 0;
    if (!isNone) difference.tables[table.name] = found;
  }
  for (const field of ['outboxSequence', 'logTime'] as const) {
    if (progress[field] !== replay.progress[field]) difference.wrongProgress.push(field);
  }
  const { applied } = replay.progress;
  // A fold that begins at a checkpoint may not know it, nor an installation from before.
  if (applied && progress.applied && !isSameRecord(applied, progress.applied)) {
    difference.wrongProgress.push('applied');
  }
  return difference;
}

/** Whether the lane is what its log says. */
export function isSame({ tables, wrongProgress }: LaneDifference): boolean {
  return Object.keys(tables).length === 0 && wrongProgress.length === 0;
}

function requireDecided({ replay }: ShadowLane): void {
  const [failure] = replay.failures;
  if (!failure) return;
  throw refused(
    replay.progress,
    `deciding offset ${failure.offset} fails in this build, and did not then: ${failure.reason}`,
  );
}

function refused({ engine, lane }: Progress, why: string): OperationalError {
  return new OperationalError('REBUILD_REFUSED', `${engine} lane ${lane} ${why}`, {
    hint: 'Compare first: `onhand replay verify` names where log and tables part.',
  });
}
