import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf } from '../../ops/errors.ts';
import { tooLarge, unreadable } from './batchFailure.ts';
import { inflateLz4 } from './lz4Frame.ts';
import { inflateSnappy } from './snappy.ts';
import { inflateZstd } from './zstd.ts';

/** By the number that a batch's attributes have for it; Kafka knows no others. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const gunzipped = promisify(gunzip);

/**
 * Inflates what a sender compressed into at most `bytesMax` bytes, and stops where there would be
 * more. Throws BatchFailure.
 */
export async function inflate(codec: number, bytes: Buffer, bytesMax: number): Promise<Buffer> {
  const name = codecNames[codec];
  if (!name) throw unreadable(`is compressed with codec ${codec}, which Kafka does not have`);
  return inflaters[name](bytes, bytesMax);
}

type Inflate = (bytes: Buffer, bytesMax: number) => Buffer | Promise<Buffer>;

const inflaters: Record<(typeof codecNames)[number], Inflate> = {
  none: (bytes) => bytes,
  gzip: inflateGzip,
  snappy: inflateSnappy,
  lz4: inflateLz4,
  zstd: inflateZstd,
};

async function inflateGzip(bytes: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await gunzipped(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax);
    throw unreadable(`has a broken gzip stream: ${messageOf(error)}`);
  }
}
