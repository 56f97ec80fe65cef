import type { levelAfter } from '../domain/stockLevel.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';

export const stockLevelSchema = loadAvroSchema('StockLevel');

export type PublishedStockLevel = ReturnType<typeof levelAfter>;

export function encodeStockLevel(level: PublishedStockLevel): Buffer {
  return encodeSingleObject(stockLevelSchema, level);
}

/** Throws DecodeError when the bytes are no stock level. */
export function decodeStockLevel(bytes: Buffer | null): PublishedStockLevel {
  return { ...(decodeSingleObject(stockLevelSchema, bytes) as PublishedStockLevel) };
}

/** Key of the compacted topic: the SKU at the default location; elsewhere the location is added. */
export function stockLevelKey({ sku, location }: { sku: string; location: string }): string {
  return location === 'main' ? sku : `${sku}\n${location}`;
}
