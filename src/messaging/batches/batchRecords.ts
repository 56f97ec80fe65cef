import type { IHeaders } from 'kafkajs';
import { unreadable } from './batchFailure.ts';
import type { BatchHeader } from './batchHeader.ts';
import { ByteReader } from './byteReader.ts';

/** A record in the form that kafkajs gives it. */
export interface BatchRecord {
  magicByte: number;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: IHeaders;
  isControlRecord: boolean;
  batchContext: BatchHeader['context'];
}

/** The records of a batch, out of its inflated bytes. Throws BatchFailure. */
export function readRecords(header: BatchHeader, bytes: Buffer): BatchRecord[] {
  const reader = new ByteReader(bytes);
  const records: BatchRecord[] = [];
  for (let i = 0; i < header.records; i++) records.push(readRecord(header, reader));
  if (reader.left > 0) throw unreadable('has more records than it says');
  return records;
}

function readRecord(header: BatchHeader, reader: ByteReader): BatchRecord {
  const { context, firstOffset, firstTime, appendTime } = header;
  const length = reader.varInt();
  const end = reader.left - length;
  const attributes = reader.int8();
  const time = firstTime + reader.varLong();
  const offset = firstOffset + reader.varInt();
  const key = reader.sized();
  const value = reader.sized();
  const headers = readHeaders(reader);
  if (reader.left !== end) throw unreadable('has a record of another length than it says');
  return {
    magicByte: context.magicByte,
    attributes,
    timestamp: appendTime ?? String(time),
    offset: String(offset),
    key,
    value,
    headers,
    isControlRecord: context.isControlBatch,
    batchContext: context,
  };
}

/** A header that is there several times has a list of values. */
function readHeaders(reader: ByteReader): IHeaders {
  const count = reader.varInt();
  if (count === 0) return {};
  const headers = new Map<string, Buffer | Buffer[] | undefined>();
  for (let i = 0; i < count; i++) {
    const name = String(reader.sized() ?? '');
    // Its type says otherwise, but kafkajs, too, gives null for a header without a value.
    const value = reader.sized()!;
    const earlier = headers.get(name);
    if (earlier === undefined) headers.set(name, value);
    else if (Array.isArray(earlier)) earlier.push(value);
    else headers.set(name, [earlier, value]);
  }
  // Not by assignment: a name may be `__proto__`.
  return Object.fromEntries(headers);
}
