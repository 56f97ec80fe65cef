import type { OrderEvent, UpstreamEvent } from '../domain/order/orderEvents.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { plainLines } from './plainLines.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { unwrapNamed, wrapBody } from './wrappedBody.ts';

export const orderEventSchema = loadAvroSchema('OrderEvent');

/** Bytes of an event, as they go to the order events topic. */
export function encodeOrderEvent(event: OrderEvent): Buffer {
  const { eventId, orderId } = event as Partial<UpstreamEvent>;
  return encodeSingleObject(orderEventSchema, {
    eventId: eventId ?? '',
    orderId: orderId ?? '',
    kind: event.kind,
    body: wrapBody(event),
  });
}

/** The event in a record's value. Throws DecodeError; names and quantities are not checked here. */
export function decodeOrderEvent(bytes: Buffer | null): OrderEvent {
  const {
    eventId,
    orderId,
    kind: named,
    body,
  } = decodeSingleObject(orderEventSchema, bytes) as WireEvent;
  const { kind, fields } = unwrapNamed(named, body);
  // A literal that begins with a spread takes ten times as long as the decoding.
  return { eventId, orderId, kind, ...plainLines(fields) } as OrderEvent;
}

interface WireEvent {
  eventId: string;
  orderId: string;
  kind: string;
  body: Record<string, object>;
}
