import type { KafkaMessage } from 'kafkajs';
import { decodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { decodeOrderStockEvent } from '../messaging/orderStockEventCodec.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { itemText, orderText } from './findings.ts';
import { type Difference, firstDifference } from './firstDifference.ts';

/** Key and value of a message, and what may tell it from others of the same bytes. */
export interface Message extends Pick<OutboxRow, 'key' | 'value'> {
  headers?: RecordHeaders | KafkaMessage['headers'] | null;
}
type Kind = OutboxRow['kind'];

const hexMax = 200;
const fingerprintEnd = 10;

const decoders: Record<Kind, (value: Buffer | null) => object> = {
  event: decodeStockEvent,
  verdict: decodeOrderStockEvent,
  command: decodeStockCommand,
  reply: decodeOrderEvent,
  'dead-letter': () => {
    throw new DecodeError('NOT_SINGLE_OBJECT_ENCODED', 'a dead letter is bytes');
  },
};

/** Whether two messages have the same bytes, and are the same dead letter if they are such. */
export function isSameMessage(a: Message, b: Message): boolean {
  return (
    isSameBytes(a.value, b.value) && isSameBytes(a.key, b.key) && receivedAt(a) === receivedAt(b)
  );
}

/** The offset at which a dead letter was received; no other message carries one. */
export function receivedAt({ headers }: Pick<Message, 'headers'>): string {
  const offset = headers?.['onhand-offset'];
  return offset === undefined ? '' : String(offset);
}

/** Whether two values have the same bytes, text being UTF-8. */
export function isSameBytes(a: Buffer | string | null, b: Buffer | string | null): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a === 'string') return a === (typeof b === 'string' ? b : b.toString());
  return typeof b === 'string' ? a.toString() === b : a.equals(b);
}

/** A message as text: two messages are the same when their texts are. */
export function messageText(message: Message): string {
  const { key, value } = message;
  const keyBytes = key === null ? null : Buffer.from(key);
  const texts = [value, keyBytes].map((bytes) => bytes?.toString('latin1') ?? 'null');
  return [receivedAt(message), ...texts].join(' of ');
}

/**
 * Where two messages part, by field where they can be decoded; undefined when they say the same,
 * also where one was encoded with an older schema.
 */
export function messageDifference(
  kind: Kind,
  expected: Message,
  found: Message,
): Difference | undefined {
  if (!isSameBytes(expected.key, found.key)) {
    const [ours, theirs] = [expected, found].map(({ key }) => key && shown(Buffer.from(key)));
    return { path: 'key', expected: ours ?? 'null', found: theirs ?? 'null' };
  }
  if (isSameBytes(expected.value, found.value)) return undefined;
  const [ours, theirs] = [decoded(kind, expected.value), decoded(kind, found.value)];
  const difference = ours && theirs && firstDifference(ours, theirs);
  if (difference) return difference;
  const schemas = [expected, found].map(({ value }) => value?.toString('hex', 0, fingerprintEnd));
  if (ours && theirs && schemas[0] !== schemas[1]) return undefined;
  const [text = 'null', other = 'null'] = [expected, found].map(
    ({ value }) => value && shown(value),
  );
  return { path: 'value', expected: text ?? 'null', found: other ?? 'null' };
}

/** What a message says, for people: its fields as JSON, or its bytes. */
export function describeMessage(kind: Kind, { value }: Message): string {
  const fields = decoded(kind, value);
  if (fields) return `${kind} ${JSON.stringify(fields)}`;
  return `${kind} ${value ? shown(value) : 'null'}`;
}

/** The stock item or order that a message is about; null when it cannot be told. */
export function itemOfMessage(kind: Kind, { value }: Message): string | null {
  const fields = decoded(kind, value) as
    { sku?: string; location?: string; orderId?: string } | undefined;
  const { sku, location, orderId } = fields ?? {};
  if (sku !== undefined && location !== undefined) return itemText({ sku, location });
  return orderId === undefined ? null : orderText(orderId);
}

/** By which readers tell a repeat: an event's or a command's; null where it cannot be told. */
export function idOfMessage(kind: Kind, { value }: Message): string | null {
  const { eventId, commandId } = (decoded(kind, value) ?? {}) as Record<string, string | undefined>;
  return (kind === 'command' || kind === 'reply' ? commandId : eventId) ?? null;
}

function decoded(kind: Kind, value: Buffer | null): object | undefined {
  try {
    return decoders[kind](value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Text where all of it can be read, else hexadecimal; long ones are cut. */
function shown(bytes: Buffer): string {
  const text = bytes.toString();
  const isLegible = bytes.length <= hexMax && /^[\x20-\x7e]*$/.test(text);
  return isLegible ? text : bytes.toString('hex', 0, hexMax);
}
