import { BatchFailure, tooLarge } from './batchFailure.ts';
import { type BatchHeader, checksumStart, lengthEnd, readBatchHeader } from './batchHeader.ts';
import { type BatchRecord, readRecords } from './batchRecords.ts';
import { ByteReader } from './byteReader.ts';
import { inflate } from './inflate.ts';
import type { UnreadableBatch } from './unreadableBatch.ts';

/** The smallest batch, without records. */
const batchBytesMin = 61;
/** What a record costs in memory besides its bytes, about; counted where it was compressed. */
const recordBytes = 128;

/** The checksum of Kafka's batches, CRC-32C, as an unsigned number. */
type Checksum = (bytes: Buffer) => number;

/**
 * The records of the batches (message format v2) in what a broker answered for one partition. A
 * batch whose records cannot be had comes as one record that says so, at its last offset: what was
 * sent with it is gone, but whoever reads goes on behind it. What inflates together to more than
 * `inflatedMax` bytes is left for the next fetch, but for the first batch; the last may be cut.
 */
export async function readBatches(
  bytes: Buffer,
  inflatedMax: number,
  checksum: Checksum,
): Promise<BatchRecord[]> {
  const parts: BatchRecord[][] = [];
  let inflated = 0;
  for (let at = 0; at + batchBytesMin <= bytes.length && inflated < inflatedMax;) {
    const end = at + lengthEnd + bytes.readInt32BE(at + 8);
    // No batch is smaller; with a length of no sense, there is no way to the next.
    if (end > bytes.length || end < at + batchBytesMin) break;
    const first = bytes.readBigInt64BE(at);
    const batch = bytes.subarray(at + lengthEnd, end);
    const reader = new ByteReader(batch);
    const header = readBatchHeader(first, reader);
    try {
      const content = await contentOf(header, reader, inflatedMax);
      if (header.codec !== 0) inflated += content.length + header.records * recordBytes;
      parts.push(readRecords(header, content));
    } catch (error) {
      if (!(error instanceof BatchFailure)) throw error;
      parts.push([placeholder(header, end - at, faultOf(error, header, batch, checksum))]);
    }
    at = end;
  }
  return parts.length === 1 ? (parts[0] ?? []) : parts.flat();
}

async function contentOf(
  { codec, records }: BatchHeader,
  reader: ByteReader,
  inflatedMax: number,
): Promise<Buffer> {
  const bytes = reader.bytes(reader.left);
  if (codec === 0) return bytes;
  if (records * recordBytes > inflatedMax) throw tooLarge(inflatedMax);
  return inflate(codec, bytes, inflatedMax);
}

/** Bytes that are not those which the broker took say nothing about their sender. */
function faultOf(
  failure: BatchFailure,
  header: BatchHeader,
  batch: Buffer,
  checksum: Checksum,
): BatchFailure {
  if (checksum(batch.subarray(checksumStart + 4)) === header.checksum) return failure;
  return new BatchFailure('BATCH_DAMAGED', `does not have the checksum that it came with`);
}

function placeholder(
  header: BatchHeader,
  bytes: number,
  { fault, message }: BatchFailure,
): BatchRecord & { unreadable: UnreadableBatch } {
  const { context, firstOffset, lastOffset, records } = header;
  return {
    magicByte: context.magicByte,
    attributes: 0,
    timestamp: context.maxTimestamp,
    offset: String(lastOffset),
    key: null,
    value: null,
    headers: {},
    isControlRecord: context.isControlBatch,
    batchContext: context,
    unreadable: {
      fault,
      message,
      firstOffset,
      lastOffset,
      records,
      bytes,
      codec: context.codec,
    },
  };
}
