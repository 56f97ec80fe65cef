import type { OrderEvent, UpstreamEvent } from '../domain/order/orderEvents.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { plainLines } from './plainLines.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { unwrapBody, wrapBody } from './wrappedBody.ts';

export const orderEventSchema = loadAvroSchema('OrderEvent');

/** Bytes of an event, as they go to the order events topic. */
export function encodeOrderEvent(event: OrderEvent): Buffer {
  const { eventId, orderId } = event as Partial<UpstreamEvent>;
  return encodeSingleObject(orderEventSchema, {
    eventId: eventId ?? '',
    orderId: orderId ?? '',
    body: wrapBody(event),
  });
}

/** The event in a record's value. Throws DecodeError; names and quantities are not checked here. */
export function decodeOrderEvent(bytes: Buffer | null): OrderEvent {
  const { eventId, orderId, body } = decodeSingleObject(orderEventSchema, bytes) as WireEvent;
  const { kind, fields } = unwrapBody(body);
  // A literal that begins with a spread takes ten times as long as the decoding.
  return { eventId, orderId, kind, ...plainLines(fields) } as OrderEvent;
}

interface WireEvent {
  eventId: string;
  orderId: string;
  body: Record<string, object>;
}
