import type { Admin } from 'kafkajs';
import { firstYounger, traceRecord } from '../../consumers/logHistory.ts';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import type { PartitionReader } from '../messaging/partitionReader.ts';
import { topicsOf } from '../messaging/topics.ts';
import { type ListedLane, listLanes } from '../storage/listLanes.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { connectReader } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/** How far a lane is behind its log, and its publisher behind the lane. */
export interface LaneLag {
  engine: EngineName;
  lane: number;
  /** First offset that is not applied. */
  nextOffset: number;
  /** First offset that the log does not have yet. */
  logEnd: number;
  /** Offsets between the two; negative when the log ends before what was applied. */
  lagRecords: number;
  /** Offset from which on the log is not the one that was applied; null as far as it is. */
  replacedFrom: number | null;
  /** Age of the oldest record that is not applied, by the broker's clock, in s; 0 without one. */
  lagSeconds: number;
  /** Outbox rows that are not on Kafka. */
  unpublished: number;
  /** Host and process id of the last claim; null before the first. */
  owner: string | null;
}

/** The lag of every lane of both engines. Throws kafkajs' and MySQL's errors. */
export async function readLag(sources: ReplaySources): Promise<LaneLag[]> {
  const reader = await connectReader(sources);
  try {
    const lags: LaneLag[] = [];
    for (const engine of engineNames) lags.push(...(await readEngineLag(sources, reader, engine)));
    return lags;
  } finally {
    await reader.disconnect();
  }
}

async function readEngineLag(
  { settings, admin, pool, topics }: ReplaySources,
  reader: PartitionReader,
  engine: EngineName,
): Promise<LaneLag[]> {
  const { input, output } = topicsOf(topics, engine);
  // Before the progress: what is applied meanwhile must not count as lag.
  const logs = await admin.fetchTopicOffsets(input.name);
  const lanes = (await listLanes(pool)).filter((lane) => lane.engine === engine);
  const groupId = cursorGroup(settings, engine);
  const [cursors] = await admin.fetchOffsets({ groupId, topics: [output.name] });
  const lags: LaneLag[] = [];
  for (const { partition, low, high } of logs.sort((a, b) => a.partition - b.partition)) {
    const lane = lanes.find((one) => one.lane === partition);
    const cursor = cursors?.partitions.find((one) => one.partition === partition)?.offset;
    const nextOffset = lane?.nextOffset ?? 0;
    const logEnd = Number(high);
    const begin = Math.max(nextOffset, Number(low));
    const oldest = await firstTime(reader, input.name, partition, begin, logEnd);
    lags.push({
      engine,
      lane: partition,
      nextOffset,
      logEnd,
      lagRecords: logEnd - nextOffset,
      replacedFrom: lane ? await replacedFrom(admin, reader, input.name, lane, logEnd) : null,
      lagSeconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000),
      unpublished: lane ? unpublished(lane, Number(cursor ?? -1)) : 0,
      owner: lane?.owner ?? null,
    });
  }
  return lags;
}

async function replacedFrom(
  admin: Admin,
  reader: PartitionReader,
  topic: string,
  lane: ListedLane,
  logEnd: number,
): Promise<number | null> {
  const { applied, nextOffset } = lane;
  if (logEnd >= nextOffset) {
    if (!applied) return null;
    const trace = await traceRecord(reader, topic, lane.lane, applied);
    if (trace === 'same' || trace === 'deleted') return null;
  }
  return Math.min(await firstYounger(admin, topic, lane), logEnd, applied?.offset ?? logEnd);
}

function unpublished({ outboxSequence, published }: ListedLane, cursor: number): number {
  return Math.max(0, outboxSequence - Math.max(published, cursor));
}

/** When the first of these records was appended, in ms since 1970; undefined without one. */
async function firstTime(
  reader: PartitionReader,
  topic: string,
  partition: number,
  from: number,
  to: number,
): Promise<number | undefined> {
  for await (const [first] of reader.read(topic, partition, from, to)) {
    if (first) return Number(first.timestamp);
  }
  return undefined;
}
