import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config/packageRoot.ts';
import { loadInternal } from '../../messaging/mends/loadInternal.ts';
import type { Codec, ForeignSender } from './foreignSenders.ts';

/** A batch as it lies in a log, from a topic with the broker's time. */
export interface GoldenBatch {
  sender: ForeignSender;
  codec: Codec;
  records: number;
  batch: Buffer;
}

/** Sent with kafka-clients 4.1.1 and librdkafka 2.8, `goldenRecord` of 0 and on. */
export function goldenBatches(): GoldenBatch[] {
  const file = join(packageRoot, 'src', 'testing', 'senders', 'goldenBatches.json');
  const list = JSON.parse(readFileSync(file, 'utf8')) as (Omit<GoldenBatch, 'batch'> & {
    batch: string;
  })[];
  return list.map((golden) => ({ ...golden, batch: Buffer.from(golden.batch, 'base64') }));
}

/** What the record of this number holds. */
export function goldenRecord(number: number): { key: string; value: string } {
  const end = (number * 7919) % 1000;
  return {
    key: `key-${number}`,
    value: `value ${number} of a record that says the same as the others, and ends with ${end}`,
  };
}

/** Where what a sender may compress begins in a batch. */
export const contentStart = 61;
const codecByte = 22;

/** The checksum of batches, as kafkajs has it. */
export function batchChecksum(bytes: Buffer): number {
  return (loadInternal('protocol/recordBatch/crc32C/index') as (of: Buffer) => number)(bytes);
}

/** The batch with another content, said to be compressed by `codec`, its checksum right again. */
export function withContent({ batch }: GoldenBatch, codec: number, content: Buffer): Buffer {
  const changed = Buffer.concat([batch.subarray(0, contentStart), content]);
  changed[codecByte] = (changed[codecByte]! & ~7) | codec;
  changed.writeInt32BE(changed.length - 12, 8);
  changed.writeUInt32BE(batchChecksum(changed.subarray(21)), 17);
  return changed;
}
