import { codecNames } from './inflate.ts';
import type { ByteReader } from './byteReader.ts';

/** Bytes before those that a batch counts: its first offset and how long it is. */
export const lengthEnd = 12;
/** Where the checksum is, behind the length; it covers all that comes after it. */
export const checksumStart = 5;

const codecMask = 0x07;
const appendTimeFlag = 0x08;
const transactionFlag = 0x10;
const controlFlag = 0x20;

/** What a batch (message format v2) says of its records. */
export interface BatchHeader {
  firstOffset: number;
  lastOffset: number;
  codec: number;
  checksum: number;
  records: number;
  /** The sender's time of the first record; the others are told by their distance. */
  firstTime: number;
  /** The time of all records, in ms since 1970, where it is the broker's. */
  appendTime: string | undefined;
  /** As kafkajs gives it with each record. */
  context: {
    firstOffset: string;
    firstTimestamp: string;
    partitionLeaderEpoch: number;
    inTransaction: boolean;
    isControlBatch: boolean;
    lastOffsetDelta: number;
    producerId: string;
    producerEpoch: number;
    firstSequence: number;
    maxTimestamp: string;
    /** How its records are compressed. */
    codec: string;
    /** 0: the times are the senders', 1: the broker's. */
    timestampType: 0 | 1;
    magicByte: number;
  };
}

/** Reads a header up to where the records begin, `reader` standing behind the batch's length. */
export function readBatchHeader(first: bigint, reader: ByteReader): BatchHeader {
  const partitionLeaderEpoch = reader.int32();
  const magicByte = reader.int8();
  const checksum = reader.int32();
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = reader.int64();
  const maxTimestamp = String(reader.int64());
  const producerId = String(reader.int64());
  const producerEpoch = reader.int16();
  const firstSequence = reader.int32();
  const codec = attributes & codecMask;
  const isAppendTime = (attributes & appendTimeFlag) !== 0;
  return {
    firstOffset: Number(first),
    lastOffset: Number(first) + lastOffsetDelta,
    codec,
    checksum: checksum >>> 0,
    records: reader.int32(),
    firstTime: Number(firstTimestamp),
    appendTime: isAppendTime ? maxTimestamp : undefined,
    context: {
      firstOffset: String(first),
      firstTimestamp: String(firstTimestamp),
      partitionLeaderEpoch,
      inTransaction: (attributes & transactionFlag) !== 0,
      isControlBatch: (attributes & controlFlag) !== 0,
      lastOffsetDelta,
      producerId,
      producerEpoch,
      firstSequence,
      maxTimestamp,
      timestampType: isAppendTime ? 1 : 0,
      codec: codecNames[codec] ?? String(codec),
      magicByte,
    },
  };
}
