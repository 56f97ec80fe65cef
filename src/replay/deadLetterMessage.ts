import { decodeOrderEvent } from '../messaging/orderEventCodec.ts';
import type { PlacedMessage } from '../messaging/mends/groupedMessages.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { SchemaRegistry } from '../messaging/registry/schemaRegistry.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { type Topic, type TopicRegistry, topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import { type DeadLetter, letterText } from './deadLetter.ts';

/** On a record that was sent again: the dead letter that it was. */
export const resentHeader = 'onhand-resent';

/**
 * The record that a dead letter was, as it goes into the log again: the same key and bytes, to the
 * partition that it came from. One that was refused because of its partition goes where it belongs.
 * Throws DEAD_LETTER_FOREIGN, DEAD_LETTER_PARTIAL, PARTITION_UNKNOWN.
 */
export function deadLetterMessage(
  letter: DeadLetter,
  topics: TopicRegistry,
  registry: SchemaRegistry | undefined,
): PlacedMessage {
  const { engine, source, key, value, headers } = letter;
  const { input, deadLetter } = topicsOf(topics, engine);
  if (!source) {
    const message = `${letterText(letter)} does not say where it was received`;
    throw new OperationalError('DEAD_LETTER_FOREIGN', message, {
      hint: 'Somebody else put it there: it can be discarded, not resent.',
    });
  }
  if (letter.lacks !== '') {
    const message = `${letterText(letter)} does not hold all that was received: ${letter.lacks}`;
    throw new OperationalError('DEAD_LETTER_PARTIAL', message, {
      hint:
        `The original is in ${input.name}, partition ${source.partition}, offset ` +
        `${source.offset}: let its sender send it again, smaller, and discard the letter.`,
    });
  }
  const isMisplaced = letter.reason === 'WRONG_PARTITION';
  const partition = isMisplaced ? homeOf(letter, input, registry) : source.partition;
  if (partition >= input.partitions) {
    const message = `${letterText(letter)} came from partition ${partition} of ${input.name}`;
    throw new OperationalError('PARTITION_UNKNOWN', message, {
      hint: `It has ${input.partitions} partitions now.`,
    });
  }
  const origin = `${deadLetter.name}:${letter.partition}:${letter.offset}`;
  return { key, value, headers: { ...headers, [resentHeader]: origin }, partition };
}

/** The partition of the SKU or order that the message names. */
function homeOf(
  { engine, value }: DeadLetter,
  { partitions }: Topic,
  registry: SchemaRegistry | undefined,
): number {
  const plain = registry ? registry.plain(value) : value;
  const message = engine === 'stock' ? decodeStockCommand(plain) : decodeOrderEvent(plain);
  const name = 'sku' in message ? message.sku : 'orderId' in message ? message.orderId : '';
  return partitionOf(name, partitions);
}
