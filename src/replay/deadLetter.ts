import type { LaneRecord } from '../engine/laneRecord.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { OperationalError } from '../ops/errors.ts';
import type { DeadLetterMark, LetterPlace } from '../storage/deadLetterMarks.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';

/** The name of a dead letter: whose topic, and where in it. */
export interface LetterName extends LetterPlace {
  engine: EngineName;
}

/** A record that was no command or order event, as it lies in the dead-letter topic. */
export interface DeadLetter extends LetterName {
  /** When it was published, in ms since 1970. */
  time: number;
  /** Empty when somebody else put the record there. */
  reason: string;
  message: string;
  /** Where it was received; null when somebody else put the record there. */
  source: LetterSource | null;
  key: Buffer | null;
  value: Buffer | null;
  /** What it lacks of what was received, which is still where it was; empty when nothing. */
  lacks: string;
  /** As received, without those that say what is wrong. */
  headers: RecordHeaders;
  /** What an operator did about it; null when nothing. */
  mark: DeadLetterMark | null;
}

/** The place in the log of which a dead letter is the copy. */
export interface LetterSource extends LetterPlace {
  /** Incarnation of that topic. */
  topicId: string;
  /** ISO form. */
  time: string;
}

const ownHeaders = [
  'reason',
  'message',
  'topic-id',
  'partition',
  'offset',
  'time',
  'batch',
  'cut',
] as const;

/** `stock:2:17`: engine, partition and offset in its dead-letter topic. */
export function letterText({ engine, partition, offset }: LetterName): string {
  return `${engine}:${partition}:${offset}`;
}

/** Reads what `letterText` writes. Throws DEAD_LETTER_UNKNOWN. */
export function parseLetter(text: string): LetterName {
  const [, name, partition, offset] = /^(\w+):(\d{1,5}):(\d{1,15})$/.exec(text) ?? [];
  const engine = engineNames.find((one) => one === name);
  if (engine) return { engine, partition: Number(partition), offset: Number(offset) };
  throw new OperationalError(
    'DEAD_LETTER_UNKNOWN',
    `${JSON.stringify(text)} names no dead letter`,
    {
      hint: 'Names are such as stock:2:17: see `onhand dead-letter list`.',
    },
  );
}

/** The letter in a record of a dead-letter topic. */
export function deadLetterOf(
  engine: EngineName,
  partition: number,
  { offset, timestamp, key, value, headers }: LaneRecord,
  mark: DeadLetterMark | undefined,
): DeadLetter {
  const own = Object.fromEntries(
    ownHeaders.map((name) => [name, String(headers[`onhand-${name}`] ?? '')]),
  ) as Record<(typeof ownHeaders)[number], string>;
  const others = Object.entries(headers).filter(([name]) => {
    return !ownHeaders.some((of) => name === `onhand-${of}`);
  });
  const isOurs = /^\d+$/.test(own.partition) && /^\d+$/.test(own.offset);
  const { 'topic-id': topicId, time } = own;
  return {
    engine,
    partition,
    offset,
    time: timestamp,
    reason: own.reason,
    message: own.message,
    lacks: own.batch || own.cut,
    source: isOurs
      ? { topicId, partition: Number(own.partition), offset: Number(own.offset), time }
      : null,
    key,
    value,
    headers: Object.fromEntries(others),
    mark: mark ?? null,
  };
}

/** That there are no letters of these names. */
export function letterUnknown(names: Iterable<string>): OperationalError {
  return new OperationalError('DEAD_LETTER_UNKNOWN', `there is no ${[...names].join(', ')}`, {
    hint: 'See which there are with `onhand dead-letter list`; retention deletes old ones.',
  });
}
