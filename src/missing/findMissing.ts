import { untilVisible } from '../../consumers/untilVisible.ts';
import { type Topic, topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import { type LaneOutcomes, eachLane } from '../replay/eachLane.ts';
import type { EngineName } from '../storage/progress.ts';
import type { LanePlace } from '../verify/findings.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';
import { comparePartition, demandedPartitions } from './comparePartition.ts';
import type { FoldBegin } from './foldRows.ts';
import { type LaneDemand, laneDemand } from './laneDemand.ts';
import type { LaneLack } from './laneLack.ts';
import { lackingLevels } from './lackingLevels.ts';
import { readPublishedSequences } from './readPublishedSequences.ts';

/** The broker ends a transaction whose producer is dead after so long. */
const visibleMaxMs = 60_000;

/**
 * What lanes of one engine lack on Kafka of all that their publishers claim to have published. The
 * publishers may go on meanwhile: what they have not come to yet is theirs. Throws LOG_UNSETTLED,
 * kafkajs' errors; a lane that cannot be folded is among the failed.
 */
export async function findMissing(
  context: VerifyContext,
  engine: EngineName,
  lanes: readonly LanePlace[],
  begin: FoldBegin,
): Promise<LaneOutcomes<LaneLack>> {
  // First the cursors, then what they stand for: a cursor may be seen before its records are.
  const published = await readPublishedSequences(context, engine);
  for (const topic of targetTopics(context, engine)) await requireVisible(context, topic);
  const { done, failed } = await eachLane(context.settings, lanes, (place) =>
    laneDemand(context, place, published.get(place.lane) ?? 0, begin),
  );
  const lacks = new Map(done.map((demand) => [demand.lane, noLack(demand)]));
  for (const partition of demandedPartitions(done)) {
    await comparePartition(context, partition, lacks);
  }
  for (const [lane, levels] of await lackingLevels(context, done)) {
    lacks.get(lane)!.levels = levels;
  }
  return { done: [...lacks.values()], failed };
}

function targetTopics({ topics }: VerifyContext, engine: EngineName): Topic[] {
  const { output, deadLetter } = topicsOf(topics, engine);
  return engine === 'stock'
    ? [output, topics.stockLevels, topics.orderEvents, deadLetter]
    : [output, topics.stockCommands, deadLetter];
}

async function requireVisible(context: VerifyContext, { name }: Topic): Promise<void> {
  if (await untilVisible(context, name, visibleMaxMs)) return;
  const seconds = visibleMaxMs / 1000;
  throw new OperationalError(
    'LOG_UNSETTLED',
    `${name} has had a transaction open for ${seconds} s: what it will hold cannot be told`,
    {
      hint: 'Find its producer (`kafka-transactions.sh find-hanging`) and end it, then try again.',
    },
  );
}

function noLack({ engine, lane, published }: LaneDemand): LaneLack {
  const nothing = { missing: [], levels: [], strays: [], strayCount: 0, lateCount: 0 };
  return { engine, lane, published, ...nothing };
}
