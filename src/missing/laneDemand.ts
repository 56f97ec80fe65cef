import { destinations } from '../../producers/outboxMessages.ts';
import { type PublishedStockLevel, stockLevelKey } from '../messaging/stockLevelCodec.ts';
import type { Topic } from '../messaging/topics.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LanePlace } from '../verify/findings.ts';
import { ColumnCollector, type MessageColumns } from '../verify/messageColumns.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';
import { type FoldBegin, foldRows } from './foldRows.ts';

/** What a lane sends to one topic, by partition there. */
export interface DemandedPart {
  kind: OutboxRow['kind'];
  topic: Topic;
  columns: ReadonlyMap<number, MessageColumns>;
}

/** What a lane must have on Kafka, by its log. */
export interface LaneDemand extends LanePlace {
  /** Last sequence that its publisher claims to have published; nothing after it is demanded. */
  published: number;
  parts: DemandedPart[];
  /** Of a stock lane: the last level of each item, by key on `stock.levels`. */
  levels: ReadonlyMap<string, PublishedStockLevel>;
}

const kindsOf = {
  stock: ['event', 'reply', 'dead-letter'],
  order: ['verdict', 'command', 'dead-letter'],
} as const;

/**
 * Folds a lane's log for what it must have on Kafka up to a sequence of its outbox, as digests.
 * Throws what `resolveLaneRange` throws.
 */
export async function laneDemand(
  context: VerifyContext,
  { engine, lane }: LanePlace,
  published: number,
  begin: FoldBegin,
): Promise<LaneDemand> {
  const place = destinations(engine, context.topics);
  const parts = kindsOf[engine].map((kind) => {
    const partitionOf = ({ key }: OutboxRow) => place(kind, key, lane).partition;
    const { topic } = place(kind, null, lane);
    return { kind, topic, collector: new ColumnCollector(lane, kind, partitionOf) };
  });
  const levels = new Map<string, PublishedStockLevel>();
  for await (const { rows, offsets } of foldRows(context, { engine, lane }, begin)) {
    const beyond = rows.findIndex(({ sequence }) => sequence > published);
    const claimed = beyond < 0 ? rows : rows.slice(0, beyond);
    for (const { collector } of parts) collector.take(claimed, offsets);
    for (const { level } of claimed) if (level) levels.set(stockLevelKey(level), level);
    if (beyond >= 0) break;
  }
  return {
    engine,
    lane,
    published,
    parts: parts.map(({ kind, topic, collector }) => ({ kind, topic, columns: collector.end() })),
    levels,
  };
}
