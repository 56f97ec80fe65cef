import { DecodeError } from '../messaging/decodeError.ts';
import { decodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { type DeadLetter, letterText } from '../replay/deadLetter.ts';
import { bytesText, hexDump } from './bytesText.ts';
import { timeText } from '../ops/timeText.ts';
import { alignedLines, shown } from './shownText.ts';

const dumpBytesMax = 512;

/** What a dead letter says after all, or why it says nothing. */
export type LetterContent = { message: object } | { failure: string };

/** Decodes the value of a letter; `plain`: its value without the id of a schema registry. */
export function letterContent(
  { engine }: Pick<DeadLetter, 'engine'>,
  plain: Buffer | null,
): LetterContent {
  try {
    return { message: engine === 'stock' ? decodeStockCommand(plain) : decodeOrderEvent(plain) };
  } catch (error) {
    if (error instanceof DecodeError) return { failure: `${error.failure}: ${error.message}` };
    throw error;
  }
}

/** A dead letter for people: where it was, why it is one, what it says, and its bytes. */
export function deadLetterText(letter: DeadLetter, content: LetterContent): string {
  const { source, reason, message, lacks, key, value, headers, mark } = letter;
  const from = source
    ? `partition ${source.partition}, offset ${source.offset}, ${source.time}`
    : 'not told: somebody else put it there';
  const facts = [
    ['letter', letterText(letter)],
    ['published', timeText(letter.time)],
    ['received', shown(from)],
    ['reason', shown(`${reason} ${message}`)],
    ...(lacks ? [['lacks', shown(lacks)]] : []),
    ['done about it', mark ?? 'nothing'],
    ['key', key ? bytesText(key) : 'none'],
    ...Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((bytes) => [`header ${shown(name)}`, bytesText(bytes)]),
    ),
    ['says', 'message' in content ? shown(JSON.stringify(content.message)) : content.failure],
    ['value', value ? `${value.length} bytes` : 'none'],
  ];
  return [...alignedLines(facts), ...hexDump(value ?? Buffer.alloc(0), dumpBytesMax)].join('\n');
}
