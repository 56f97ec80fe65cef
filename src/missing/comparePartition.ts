import type { KafkaMessage } from 'kafkajs';
import { isLate } from '../messaging/lateHeader.ts';
import type { Topic } from '../messaging/topics.ts';
import { boundsOf } from '../replay/logRange.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type MessageColumns, joinColumns } from '../verify/messageColumns.ts';
import { MessageCounts } from '../verify/messageCounts.ts';
import { idOfMessage, itemOfMessage } from '../verify/messageText.ts';
import { type VerifyContext, readPlain } from '../verify/verifyContext.ts';
import type { LaneDemand } from './laneDemand.ts';
import type { LaneLack, StrayRecord } from './laneLack.ts';

/** So many of a lane are named. */
const straysMax = 1000;

/** One partition, and what lanes must have written into it. */
export interface DemandedPartition {
  kind: OutboxRow['kind'];
  topic: Topic;
  partition: number;
  columns: MessageColumns;
  /** Whether only one lane writes these here, in the order of its outbox. */
  isOrdered: boolean;
}

/** What the lanes of one engine demand, partition by partition. */
export function demandedPartitions(demands: readonly LaneDemand[]): DemandedPartition[] {
  const partitions = new Map<string, Omit<DemandedPartition, 'columns'>>();
  const columns = new Map<string, MessageColumns[]>();
  for (const { kind, topic, columns: own } of demands.flatMap(({ parts }) => parts)) {
    for (const [partition, part] of own) {
      const key = `${kind} ${partition}`;
      const isOrdered = kind !== 'reply' && kind !== 'command';
      partitions.set(key, { kind, topic, partition, isOrdered });
      columns.set(key, [...(columns.get(key) ?? []), part]);
    }
  }
  return [...partitions].map(([key, partition]) => {
    return { ...partition, columns: joinColumns(columns.get(key) ?? []) };
  });
}

/** Reads a partition and notes what lanes lack there, and what of theirs is there too often. */
export async function comparePartition(
  context: VerifyContext,
  { kind, topic, partition, columns, isOrdered }: DemandedPartition,
  lacks: ReadonlyMap<number, LaneLack>,
): Promise<void> {
  const { low, high } = boundsOf(await context.readLog(topic.name), partition);
  const counts = new MessageCounts(columns, low > 0);
  const lackOf = (place: number) => lacks.get(columns.lanes[place] ?? -1)!;
  const sequenceOf = (place: number) => columns.sequences[place] ?? 0;
  let furthest = 0;
  const take = (record: KafkaMessage, place: number, isSurplus: boolean) => {
    const lack = lackOf(place);
    const sequence = sequenceOf(place);
    const isBehind = isOrdered && sequence < furthest && !isLate(record);
    if (isLate(record) && !isSurplus) lack.lateCount++;
    if (isSurplus || isBehind) {
      const is = isSurplus ? 'doubled' : 'out of order';
      const about = { kind, topic: topic.name, partition, sequence };
      noteStray(lack, { is, ...about, ...recordFields(kind, record) });
    }
    if (!isLate(record)) furthest = Math.max(furthest, sequence);
  };
  const range = { from: low, to: high };
  for await (const records of readPlain(context, topic.name, partition, range)) {
    counts.take(records, take);
  }
  for (const place of counts.missing()) {
    const { missing } = lackOf(place);
    let rows = missing.find((one) => one.kind === kind);
    if (!rows) missing.push((rows = { kind, topic: topic.name, sequences: [] }));
    rows.sequences.push(sequenceOf(place));
  }
  for (const { missing } of lacks.values()) {
    for (const { sequences } of missing) sequences.sort((a, b) => a - b);
  }
}

function recordFields(kind: OutboxRow['kind'], record: KafkaMessage) {
  const id = idOfMessage(kind, record);
  return { offset: Number(record.offset), id, item: itemOfMessage(kind, record) };
}

function noteStray(lack: LaneLack, stray: StrayRecord): void {
  lack.strayCount++;
  if (lack.strays.length < straysMax) lack.strays.push(stray);
}
