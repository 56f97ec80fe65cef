import type { OrderVerdict } from '../domain/order/orderVerdicts.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { plainLines } from './plainLines.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { type Cause, eventIdOf } from './stockEventCodec.ts';
import { unwrapBody, wrapBody } from './wrappedBody.ts';

export const orderStockEventSchema = loadAvroSchema('OrderStockEvent');

/** A verdict as readers see it: with its id and the log position that caused it. */
export type PublishedOrderVerdict = OrderVerdict & {
  eventId: string;
  partition: number;
  offset: number;
  index: number;
};

/** Bytes of a verdict. The cause is that of the order event, its index counts verdicts only. */
export function encodeOrderStockEvent(verdict: OrderVerdict, cause: Cause): Buffer {
  const { partition, offset, index } = cause;
  return encodeSingleObject(orderStockEventSchema, {
    ...verdict,
    eventId: eventIdOf(cause),
    partition,
    offset,
    index,
    body: wrapBody(verdict),
  });
}

/** Throws DecodeError when the bytes are no verdict. */
export function decodeOrderStockEvent(bytes: Buffer | null): PublishedOrderVerdict {
  const verdict = decodeSingleObject(orderStockEventSchema, bytes) as WireVerdict;
  const { kind, fields } = unwrapBody(verdict.body);
  // A literal that begins with a spread takes ten times as long as the decoding.
  return {
    eventId: verdict.eventId,
    orderId: verdict.orderId,
    sequence: verdict.sequence,
    answers: verdict.answers,
    time: verdict.time,
    partition: verdict.partition,
    offset: verdict.offset,
    index: verdict.index,
    kind,
    ...plainLines(fields),
  } as PublishedOrderVerdict;
}

type WireVerdict = Omit<PublishedOrderVerdict, 'kind'> & { body: Record<string, object> };
