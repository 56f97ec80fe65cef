import type { KafkaMessage } from 'kafkajs';
import { readTopic } from '../../consumers/readTopic.ts';
import { topicsOf } from '../messaging/topics.ts';
import type { EngineName } from '../storage/progress.ts';
import { compareForwarded } from './compareForwarded.ts';
import type { Finding } from './findings.ts';
import { PublishedTopic } from './publishedTopic.ts';
import type { ReplayedLane } from './replayLanes.ts';
import { surplusRecords } from './surplusRecords.ts';
import { type VerifyContext, readPlain } from './verifyContext.ts';

/** Follows an engine's outcomes as they are read. */
interface OutcomeAudit {
  take(records: readonly KafkaMessage[]): void;
}

/**
 * Compares what the lanes of an engine have published, on all its topics, with the rows that their
 * logs demand. `audit` is shown every outcome on the way.
 */
export async function comparePublished(
  context: VerifyContext,
  engine: EngineName,
  lanes: readonly ReplayedLane[],
  audit: OutcomeAudit,
): Promise<Finding[]> {
  const { settings, logger, admin, topics } = context;
  const { output, deadLetter } = topicsOf(topics, engine);
  const kinds = engine === 'stock' ? stockKinds : orderKinds;
  const outcomes = new PublishedTopic(engine, output.name, lanes, kinds.outcome);
  const letters = new PublishedTopic(engine, deadLetter.name, lanes, 'dead-letter');
  await readPlain(context, output.name, (lane, records) => {
    outcomes.take(lane, records);
    audit.take(records);
  });
  await readTopic(settings, logger, admin, deadLetter.name, (lane, records) => {
    letters.take(lane, records);
  });
  const own = [kinds.outcome, 'dead-letter'] as const;
  const published = (lane: number) => outcomes.count(lane) + letters.count(lane);
  const forwardedTo = engine === 'stock' ? topics.orderEvents : topics.stockCommands;
  return [
    ...outcomes.end(),
    ...letters.end(),
    ...(await surplusRecords(settings, lanes, own, published)),
    ...(await compareForwarded(context, forwardedTo, lanes, kinds.forwarded)),
  ];
}

const stockKinds = { outcome: 'event', forwarded: 'reply' } as const;
const orderKinds = { outcome: 'verdict', forwarded: 'command' } as const;
