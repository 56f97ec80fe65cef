import type { Admin } from 'kafkajs';
import { firstYounger, traceRecord } from '../../consumers/logHistory.ts';
import { readCursors } from '../../producers/readCursors.ts';
import { LogEndReader } from '../messaging/ends/logEndReader.ts';
import type { OpenTransaction } from '../messaging/ends/openTransaction.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { PartitionReader } from '../messaging/partitionReader.ts';
import { topicsOf } from '../messaging/topics.ts';
import { type ListedLane, listLanes } from '../storage/listLanes.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import type { ReplaySources } from './replaySources.ts';

/** Records that wait for the end of a transaction, and all that follow them. */
export interface OpenStretch {
  /** First offset that the lane does not get. */
  from: number;
  /** Append time of the first of them, by the broker's clock, in ms since 1970; null: unknown. */
  since: number | null;
  /** Null when the broker does not tell. */
  transaction: OpenTransaction | null;
}

/** How far a lane is behind its log, and its publisher behind the lane. */
export interface LaneLag {
  engine: EngineName;
  lane: number;
  /** First offset that is not applied. */
  nextOffset: number;
  /** First offset that the log does not have yet, records of open transactions included. */
  logEnd: number;
  /** What holds up the lane before that, at present; null when nothing does. */
  open: OpenStretch | null;
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
  const kafka = () => createKafka(sources.settings, 'onhand-lag', sources.logger);
  const records = new PartitionReader(kafka(), { uncommitted: true });
  const ends = new LogEndReader(kafka());
  try {
    await records.connect();
    const lags: LaneLag[] = [];
    for (const engine of engineNames) {
      lags.push(...(await readEngineLag(sources, { records, ends }, engine)));
    }
    return lags;
  } finally {
    await Promise.all([records.disconnect(), ends.disconnect()]);
  }
}

interface LogReaders {
  records: PartitionReader;
  ends: LogEndReader;
}

async function readEngineLag(
  sources: ReplaySources,
  { records, ends }: LogReaders,
  engine: EngineName,
): Promise<LaneLag[]> {
  const { admin, pool, topics } = sources;
  const { input } = topicsOf(topics, engine);
  // Before the progress: what is applied meanwhile must not count as lag.
  const logs = await ends.read(input.name);
  const bounds = await admin.fetchTopicOffsets(input.name);
  const lanes = (await listLanes(pool)).filter((lane) => lane.engine === engine);
  const cursors = await readCursors(sources, engine);
  const lags: LaneLag[] = [];
  for (const { partition, low } of bounds.sort((a, b) => a.partition - b.partition)) {
    const lane = lanes.find((one) => one.lane === partition);
    const cursor = cursors.get(partition)?.sequence ?? 0;
    const nextOffset = lane?.nextOffset ?? 0;
    const { end, stable } = logs.get(partition) ?? { end: 0, stable: 0 };
    const timeAt = (from: number) => firstTime(records, input.name, partition, from, end);
    const oldest = await timeAt(Math.max(nextOffset, Number(low)));
    const isOpen = nextOffset <= stable && stable < end;
    const transaction = isOpen ? await ends.findOpen(input.name, partition, stable) : undefined;
    lags.push({
      engine,
      lane: partition,
      nextOffset,
      logEnd: end,
      open: isOpen
        ? {
            from: stable,
            since: (await timeAt(stable)) ?? null,
            transaction: transaction ?? null,
          }
        : null,
      lagRecords: end - nextOffset,
      replacedFrom: lane ? await replacedFrom(admin, records, input.name, lane, end) : null,
      lagSeconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000),
      unpublished: lane ? unpublished(lane, cursor) : 0,
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
