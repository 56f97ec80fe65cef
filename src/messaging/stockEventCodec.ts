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

export function encodeStockEvent(event: StockEvent, cause: Cause): Buffer {
  const { partition, offset, index } = cause;
  return encodeSingleObject(stockEventSchema, {
    ...event,
    eventId: eventIdOf(cause),
    partition,
    offset,
    index,
    body: wrapBody(event),
  });
}

/** Throws DecodeError when the bytes are no stock event. */
export function decodeStockEvent(bytes: Buffer | null): PublishedStockEvent {
  const { body, ...head } = decodeSingleObject(stockEventSchema, bytes) as WireEvent;
  return { ...head, ...unwrapBody<PublishedStockEvent>(body) };
}

type WireEvent = Omit<PublishedStockEvent, 'kind'> & { body: Record<string, object> };
