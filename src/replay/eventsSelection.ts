import type { KafkaMessage } from 'kafkajs';
import { requireReadable } from '../messaging/batches/unreadableBatch.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { kindsOf } from '../messaging/kindsOf.ts';
import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
  orderStockEventSchema,
} from '../messaging/orderStockEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import {
  type PublishedStockEvent,
  decodeStockEvent,
  stockEventSchema,
} from '../messaging/stockEventCodec.ts';
import { topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import type { EngineName } from '../storage/progress.ts';
import { type EventRange, type EventSpan, eventRanges } from './eventRanges.ts';
import { boundsOf, readLogBounds } from './logRange.ts';
import { connectReader } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/** Which published events are wanted; an empty list leaves nothing out. */
export interface EventChoice extends EventSpan {
  engine: EngineName;
  partitions: readonly number[];
  /** SKUs of the stock engine, order ids of the order engine. */
  keys: readonly string[];
  kinds: readonly string[];
}

/** A published event as it lies in its topic, and what it says. */
export interface ChosenEvent {
  partition: number;
  /** The record, its bytes untouched. */
  record: KafkaMessage;
  /** Undefined when the bytes are no event. */
  event: PublishedStockEvent | PublishedOrderVerdict | undefined;
}

/** What was chosen, checked against what the topic holds now. */
export interface EventsSelection {
  choice: EventChoice;
  topic: string;
  partitionCount: number;
  ranges: EventRange[];
}

const decoders = {
  stock: { decode: decodeStockEvent, schema: stockEventSchema },
  order: { decode: decodeOrderStockEvent, schema: orderStockEventSchema },
};

/** Throws KIND_UNKNOWN, TOPIC_MISSING, what `eventRanges` throws, kafkajs' errors. */
export async function selectEvents(
  sources: ReplaySources,
  choice: EventChoice,
): Promise<EventsSelection> {
  requireKinds(choice);
  const topic = topicsOf(sources.topics, choice.engine).output.name;
  const log = await readLogBounds(sources, topic);
  const { partitionCount } = log;
  for (const partition of choice.partitions) boundsOf(log, partition);
  const homes = choice.keys.map((key) => partitionOf(key, partitionCount));
  const all = choice.keys.length > 0 ? homes : [...log.partitions.keys()];
  const wanted = choice.partitions.length > 0 ? choice.partitions : all;
  const partitions = [...new Set(wanted)].sort((a, b) => a - b);
  const ranges = await eventRanges(sources.admin, log, partitions, choice);
  if (ranges.length === 0 && (choice.from ?? choice.to) !== undefined) {
    throw new OperationalError('RANGE_INVALID', `${topic} has no events in that range`, {
      hint: 'Leave --from and --to away to see what there is.',
    });
  }
  return { choice, topic, partitionCount, ranges };
}

/**
 * Hands on the chosen events in batches, partition after partition, each in its order, until
 * `take` answers false. `onRead`: so many offsets are read, of so many.
 */
export async function readEvents(
  sources: ReplaySources,
  { choice, topic, ranges }: EventsSelection,
  take: (events: ChosenEvent[]) => Promise<boolean> | boolean,
  onRead: (read: number, total: number) => void,
): Promise<void> {
  const registry = openRegistry(sources.settings);
  const keys = choice.keys.map((key) => Buffer.from(key));
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  const reader = await connectReader(sources);
  try {
    for (const { partition, from, to } of ranges) {
      for await (const records of reader.read(topic, partition, from, to)) {
        requireReadable(records, topic, partition);
        const own = records.filter(({ key }) => {
          return keys.length === 0 || keys.some((wanted) => key?.equals(wanted));
        });
        const plain = (await registry?.plainRecords(own)) ?? own;
        const events = own.flatMap((record, index): ChosenEvent[] => {
          const event = decoded(choice.engine, plain[index]?.value ?? null);
          const isChosen = choice.kinds.length === 0 || choice.kinds.includes(event?.kind ?? '');
          return isChosen ? [{ partition, record, event }] : [];
        });
        if (events.length > 0 && !(await take(events))) return;
        onRead(done + Number(records.at(-1)?.offset ?? from) + 1 - from, total);
      }
      done += to - from;
    }
  } finally {
    await reader.disconnect();
  }
}

function decoded(engine: EngineName, value: Buffer | null): ChosenEvent['event'] {
  try {
    return decoders[engine].decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function requireKinds({ engine, kinds }: EventChoice): void {
  const known = kindsOf(decoders[engine].schema);
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown === undefined) return;
  const message = `the ${engine} engine publishes no ${JSON.stringify(unknown)}`;
  throw new OperationalError('KIND_UNKNOWN', message, {
    hint: `It publishes ${known.join(', ')}.`,
  });
}
