import type { RecordHeaders } from '../messaging/recordHeaders.ts';

/** As the JSON column holds them. */
export type StoredHeaders = Record<string, string | string[]>;

/**
 * Headers as JSON text: a character per byte, so that any bytes pass and plain words stay legible.
 */
export function toStoredHeaders(headers: RecordHeaders): string {
  const text = (bytes: Buffer) => bytes.toString('latin1');
  return JSON.stringify(mapValues(headers, text));
}

/** The headers again, from the object that the driver made of the JSON column. */
export function fromStoredHeaders(stored: StoredHeaders): RecordHeaders {
  return mapValues(stored, (text) => Buffer.from(text, 'latin1'));
}

function mapValues<From, To>(
  values: Record<string, From | From[]>,
  map: (value: From) => To,
): Record<string, To | To[]> {
  const entries = Object.entries(values).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.map(map) : map(value)] as const;
  });
  return Object.fromEntries(entries);
}
