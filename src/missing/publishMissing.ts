import type { Settings } from '../config/settings.ts';
import { type RunningOperation, asOperation } from '../replay/asOperation.ts';
import { type LaneChoice, chosenLanes } from '../replay/chosenLanes.ts';
import { type LaneOutcomes, eachLane } from '../replay/eachLane.ts';
import { explainedError } from '../replay/explainedError.ts';
import { FoldTally } from '../replay/foldTally.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import type { LanePlace } from '../verify/findings.ts';
import { openSnapshot } from '../verify/openSnapshot.ts';
import { type VerifyContext, openVerifyContext } from '../verify/verifyContext.ts';
import { findMissing } from './findMissing.ts';
import type { FoldBegin } from './foldRows.ts';
import { type LaneLack, isLacking, missingCount } from './laneLack.ts';
import { MissingSender } from './missingSender.ts';
import { sendLevels, sendRows } from './sendMissing.ts';

/** Which lanes are looked at, and where their folds begin. */
export type MissingRequest = LaneChoice & Pick<FoldBegin, 'from'>;

/** A lane, and what was sent for it. */
export interface MendedLane extends LaneLack {
  sentRows: number;
  sentLevels: number;
}

type Show = (done: number, expected: number) => void;

/** Says what lanes lack on Kafka; sends nothing. Throws what `findMissing` throws, MYSQL_*. */
export async function planMissing(
  settings: Settings,
  request: MissingRequest,
  show: Show,
): Promise<LaneOutcomes<MendedLane>> {
  const reader = await openSnapshot(settings);
  try {
    const lanes = await chosenLanes(reader, settings, request);
    return await eachEngine(settings, lanes, (context, engine, own) =>
      lookFor(context, engine, own, beginOf(request, show)),
    );
  } catch (error) {
    throw explainedError(error, settings);
  } finally {
    await reader.end();
  }
}

/** Sends what lanes lack on Kafka, as an operation. Throws as `planMissing`, OPERATION_*. */
export function publishMissing(
  settings: Settings,
  request: MissingRequest,
  show: Show,
): Promise<LaneOutcomes<MendedLane>> {
  return asOperation(
    settings,
    { verb: 'replay publish-missing', arguments: { ...request } },
    async (operation) => {
      const lanes = await chosenLanes(operation.connection, settings, request);
      return eachEngine(settings, lanes, (context, engine, own) =>
        mend(context, operation, engine, own, beginOf(request, show)),
      );
    },
    ({ done, failed }) => {
      const rows = done.reduce((sum, { sentRows }) => sum + sentRows, 0);
      const levels = done.reduce((sum, { sentLevels }) => sum + sentLevels, 0);
      return `sent: ${rows} messages, ${levels} levels; failed lanes: ${failed.length}`;
    },
  );
}

function beginOf({ from }: MissingRequest, show: Show): FoldBegin {
  return { from, tally: new FoldTally(show) };
}

async function eachEngine(
  settings: Settings,
  lanes: readonly LanePlace[],
  work: (
    context: VerifyContext,
    engine: EngineName,
    lanes: readonly LanePlace[],
  ) => Promise<LaneOutcomes<MendedLane>>,
): Promise<LaneOutcomes<MendedLane>> {
  const context = await openVerifyContext(settings);
  const all: LaneOutcomes<MendedLane> = { done: [], failed: [] };
  try {
    for (const engine of engineNames) {
      const own = lanes.filter((lane) => lane.engine === engine);
      if (own.length === 0) continue;
      const { done, failed } = await work(context, engine, own);
      all.done.push(...done);
      all.failed.push(...failed);
    }
    return all;
  } finally {
    await context.close();
  }
}

async function lookFor(
  ...given: Parameters<typeof findMissing>
): Promise<LaneOutcomes<MendedLane>> {
  const { done, failed } = await findMissing(...given);
  return { done: done.map((lack) => ({ ...lack, sentRows: 0, sentLevels: 0 })), failed };
}

/** What a killed one before left open has ended when the sender is open: only then it is looked. */
async function mend(
  context: VerifyContext,
  operation: RunningOperation,
  engine: EngineName,
  lanes: readonly LanePlace[],
  begin: FoldBegin,
): Promise<LaneOutcomes<MendedLane>> {
  const sender = await MissingSender.open(context, engine, operation.id);
  try {
    const { done, failed } = await lookFor(context, engine, lanes, begin);
    const sending = await eachLane(
      context.settings,
      done.filter(isLacking),
      async (lack: MendedLane) => {
        await sendRows(context, operation, sender, lack, begin);
        const sentLevels = await sendLevels(context, operation, sender, lack);
        return { ...lack, sentRows: missingCount(lack), sentLevels };
      },
      1,
    );
    const rest = done.filter((lack) => !isLacking(lack));
    const mended = [...rest, ...sending.done].sort((a, b) => a.lane - b.lane);
    return { done: mended, failed: [...failed, ...sending.failed] };
  } finally {
    await sender.close();
  }
}
