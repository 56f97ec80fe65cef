import type { StockEvent } from '../domain/events.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { unwrapBody, wrapBody } from './wrappedBody.ts';

export const stockEventSchema = loadAvroSchema('StockEvent');

/** Where in the log the cause of an event stands. */
export interface Cause {
  /** Incarnation of the topic: its id, 22 characters. */
  topicId: string;
  partition: number;
  offset: number;
  /** Number of the event among those of one cause, from 0. */
  index: number;
}

/** A stock event as readers see it: with its id and the log position that caused it. */
export type PublishedStockEvent = StockEvent & {
  eventId: string;
  partition: number;
  offset: number;
  index: number;
};

/** Derived from the cause, never random: the same log gives the same ids. */
export function eventIdOf({ topicId, partition, offset, index }: Cause): string {
  return `${topicId}:${partition}:${offset}:${index}`;
}

/** One object for all encodings: making one per event costs more than the encoding itself. */
const wire = { body: {} } as Omit<PublishedStockEvent, 'kind'> & { body: Record<string, unknown> };

export function encodeStockEvent(event: StockEvent, cause: Cause): Buffer {
  wire.eventId = eventIdOf(cause);
  wire.sku = event.sku;
  wire.location = event.location;
  wire.sequence = event.sequence;
  wire.commandId = event.commandId;
  wire.commandDigest = event.commandDigest;
  wire.time = event.time;
  wire.partition = cause.partition;
  wire.offset = cause.offset;
  wire.index = cause.index;
  wire.onHandBefore = event.onHandBefore;
  wire.reservedBefore = event.reservedBefore;
  wire.onHandAfter = event.onHandAfter;
  wire.reservedAfter = event.reservedAfter;
  wire.body = wrapBody(event);
  return encodeSingleObject(stockEventSchema, wire);
}

/** Throws DecodeError when the bytes are no stock event. */
export function decodeStockEvent(bytes: Buffer | null): PublishedStockEvent {
  const event = decodeSingleObject(stockEventSchema, bytes) as WireEvent;
  const { kind, fields } = unwrapBody(event.body);
  return {
    eventId: event.eventId,
    sku: event.sku,
    location: event.location,
    sequence: event.sequence,
    commandId: event.commandId,
    commandDigest: event.commandDigest,
    time: event.time,
    partition: event.partition,
    offset: event.offset,
    index: event.index,
    onHandBefore: event.onHandBefore,
    reservedBefore: event.reservedBefore,
    onHandAfter: event.onHandAfter,
    reservedAfter: event.reservedAfter,
    kind,
    ...fields,
  } as PublishedStockEvent;
}

type WireEvent = Omit<PublishedStockEvent, 'kind'> & { body: Record<string, object> };
