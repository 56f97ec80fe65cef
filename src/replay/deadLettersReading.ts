import { laneRecords } from '../../consumers/laneRecords.ts';
import { topicsOf } from '../messaging/topics.ts';
import { letterKey, readDeadLetterMarks } from '../storage/deadLetterMarks.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { type DeadLetter, type LetterName, deadLetterOf } from './deadLetter.ts';
import { type EventRange, type EventSpan, eventRanges } from './eventRanges.ts';
import { type LogBounds, boundsOf, readLogBounds } from './logRange.ts';
import { connectReader } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/** Which dead letters are wanted. */
export interface LetterChoice extends EventSpan {
  /** These and no others; empty: all that the rest of the choice allows. */
  letters: readonly LetterName[];
  /** Of this engine; undefined: of both. */
  engine?: EngineName;
  reason?: string;
  /** Also those about which something was done. */
  withMarked: boolean;
}

/** Dead letters of one partition, in order, and the incarnation of their topic. */
export interface LetterBatch {
  engine: EngineName;
  topicId: string;
  letters: DeadLetter[];
}

/**
 * Hands on the dead letters that are wanted, in batches, partition after partition. `onRead`: so
 * many offsets are read, of so many. Throws what `eventRanges` throws, TOPIC_MISSING, kafkajs' and
 * MySQL's errors.
 */
export async function readDeadLetters(
  sources: ReplaySources,
  choice: LetterChoice,
  take: (batch: LetterBatch) => Promise<void> | void,
  onRead: (read: number, total: number) => void,
): Promise<void> {
  const parts = await Promise.all(
    enginesOf(choice).map((engine) => partOf(sources, choice, engine)),
  );
  const total = parts
    .flatMap(({ ranges }) => ranges)
    .reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  const reader = await connectReader(sources);
  try {
    for (const { engine, topic, topicId, marks, ranges } of parts) {
      for (const { partition, from, to } of ranges) {
        for await (const records of reader.read(topic, partition, from, to)) {
          const letters = laneRecords(records)
            .map((record) => {
              const mark = marks.get(letterKey({ partition, offset: record.offset }));
              return deadLetterOf(engine, partition, record, mark);
            })
            .filter((letter) => isWanted(letter, choice));
          if (letters.length > 0) await take({ engine, topicId, letters });
          onRead(done + Number(records.at(-1)?.offset ?? from) + 1 - from, total);
        }
        done += to - from;
      }
    }
  } finally {
    await reader.disconnect();
  }
}

function enginesOf({ letters, engine }: LetterChoice): EngineName[] {
  if (letters.length > 0) {
    return engineNames.filter((name) => letters.some((letter) => letter.engine === name));
  }
  return engineNames.filter((name) => engine === undefined || engine === name);
}

async function partOf(sources: ReplaySources, choice: LetterChoice, engine: EngineName) {
  const topic = topicsOf(sources.topics, engine).deadLetter.name;
  const log = await readLogBounds(sources, topic);
  const { topicId } = log;
  const marks = await readDeadLetterMarks(sources.pool, engine, topicId);
  const named = choice.letters.filter((letter) => letter.engine === engine);
  const partitions = [...log.partitions.keys()].sort((a, b) => a - b);
  const ranges =
    named.length > 0
      ? rangesOf(log, named)
      : await eventRanges(sources.admin, log, partitions, choice);
  return { engine, topic, topicId, marks, ranges };
}

/** One stretch per partition, from its first letter to its last. */
function rangesOf(log: LogBounds, named: readonly LetterName[]): EventRange[] {
  const ranges = new Map<number, EventRange>();
  for (const { partition, offset } of named) {
    const { low, high } = boundsOf(log, partition);
    if (offset < low || offset >= high) continue;
    const { from, to } = ranges.get(partition) ?? { from: offset, to: offset };
    const range = { partition, from: Math.min(from, offset), to: Math.max(to, offset + 1) };
    ranges.set(partition, range);
  }
  return [...ranges.values()];
}

function isWanted(letter: DeadLetter, choice: LetterChoice): boolean {
  const { letters, reason, withMarked } = choice;
  if (letters.length > 0) {
    return letters.some((name) => {
      const { engine, partition, offset } = name;
      return engine === letter.engine && partition === letter.partition && offset === letter.offset;
    });
  }
  return (reason === undefined || reason === letter.reason) && (withMarked || !letter.mark);
}
