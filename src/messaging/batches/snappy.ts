import { uncompress } from 'snappyjs';
import { messageOf } from '../../ops/errors.ts';
import { tooLarge, unreadable } from './batchFailure.ts';

/** What Java's library puts in front (`SnappyOutputStream`): this, and two version numbers. */
const javaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const javaHeaderBytes = 16;

/**
 * Inflates Snappy into at most `bytesMax` bytes: one raw block, as librdkafka and most others send
 * it, or Java's blocks, each behind its length. Throws BatchFailure.
 */
export function inflateSnappy(bytes: Buffer, bytesMax: number): Buffer {
  if (!bytes.subarray(0, javaMagic.length).equals(javaMagic)) return inflateBlock(bytes, bytesMax);
  const blocks: Buffer[] = [];
  let left = bytesMax;
  let at = javaHeaderBytes;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw unreadable('ends in the middle of a Snappy block');
    const length = bytes.readUInt32BE(at);
    at += 4;
    if (at + length > bytes.length) throw unreadable('ends in the middle of a Snappy block');
    const block = inflateBlock(bytes.subarray(at, at + length), left, bytesMax);
    blocks.push(block);
    left -= block.length;
    at += length;
  }
  return Buffer.concat(blocks);
}

/** `left`: what the block may inflate to, of `bytesMax` in all. */
function inflateBlock(bytes: Buffer, left: number, bytesMax = left): Buffer {
  if (claimedLength(bytes) > left) throw tooLarge(bytesMax);
  try {
    return uncompress(bytes, left);
  } catch (error) {
    throw unreadable(`has a broken Snappy block: ${messageOf(error)}`);
  }
}

/** A block begins with the length that it inflates to, seven bits in each byte. */
function claimedLength(bytes: Buffer): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw unreadable('has a Snappy block without a length');
}
