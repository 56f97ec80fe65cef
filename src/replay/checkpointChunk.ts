import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { LaneTableName } from '../storage/laneTables.ts';
import type { TableRow } from '../storage/shadowTables.ts';

const deflated = promisify(deflate);
const inflated = promisify(inflate);

/** Rows of one table, as a checkpoint keeps them. */
export interface CheckpointChunk {
  table: LaneTableName;
  columns: string[];
  /** Values in the order of the columns; JSON columns as text. */
  rows: TableRow[];
}

/** A chunk as it is stored, and the text over which the digest is made. */
export interface StoredChunk {
  text: string;
  data: Buffer;
}

export async function encodeChunk({ table, columns, rows }: CheckpointChunk): Promise<StoredChunk> {
  const encoded = rows.map((row) => row.map(encodeValue));
  const text = JSON.stringify({ table, columns, rows: encoded });
  return { text, data: await deflated(text, { level: 3 }) };
}

/** The chunk again. Throws when it cannot be read. */
export async function decodeChunk(data: Buffer): Promise<{ text: string; chunk: CheckpointChunk }> {
  const text = (await inflated(data)).toString('utf8');
  const { table, columns, rows } = JSON.parse(text) as CheckpointChunk;
  return { text, chunk: { table, columns, rows: rows.map((row) => row.map(decodeValue)) } };
}

/** Bytes become an array around their base64 text, which no other value is. */
function encodeValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? [value.toString('base64')] : value;
}

function decodeValue(value: unknown): unknown {
  return Array.isArray(value) ? Buffer.from(String(value[0]), 'base64') : value;
}
