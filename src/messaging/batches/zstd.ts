import { ZSTDDecoder } from 'zstddec';
import { tooLarge, unreadable } from './batchFailure.ts';

const magic = 0xfd2f_b528;
const skippableMagic = 0x184d_2a50;
/** What one block may inflate to. */
const blockBytesMax = 131_072;
/** How a block is kept: as it is, one byte many times, or compressed. */
const blockKinds = ['stored', 'repeated', 'compressed'] as const;

const decoder = new ZSTDDecoder();
let ready: Promise<void> | undefined;

/**
 * Inflates Zstandard frames, all that follow each other, into at most `bytesMax` bytes; the frames
 * need not say how much that is. Throws BatchFailure.
 */
export async function inflateZstd(bytes: Buffer, bytesMax: number): Promise<Buffer> {
  const bound = inflatedBound(bytes);
  await (ready ??= decoder.init());
  // It says of no failure what it was, and gives nothing then; a batch is never empty.
  const inflated = decoder.decode(bytes, Math.max(1, Math.min(bound, bytesMax)));
  if (inflated.length > 0) {
    return Buffer.from(inflated.buffer, inflated.byteOffset, inflated.length);
  }
  if (bound > bytesMax) throw tooLarge(bytesMax);
  throw unreadable('has a broken Zstandard frame');
}

/** What frames inflate to at most, by the headers of their blocks. */
function inflatedBound(bytes: Buffer): number {
  let bound = 0;
  let at = 0;
  while (at < bytes.length) {
    const kind = uint(bytes, at, 4);
    if (kind >>> 4 === skippableMagic >>> 4) {
      at += 8 + uint(bytes, at + 4, 4);
      continue;
    }
    if (kind !== magic) throw unreadable('is no Zstandard frame');
    const flags = uint(bytes, at + 4, 1);
    at += 5 + headerBytes(flags);
    for (let isLast = false; !isLast;) {
      const block = uint(bytes, at, 3);
      isLast = (block & 1) === 1;
      const blockKind = blockKinds[(block >> 1) & 3];
      const size = block >> 3;
      at += 3 + (blockKind === 'repeated' ? 1 : size);
      bound += blockKind === 'compressed' ? blockBytesMax : size;
    }
    const hasChecksum = (flags & 0b100) !== 0;
    if (hasChecksum) at += 4;
  }
  return bound;
}

/** Bytes of a frame's header behind its flags: window, dictionary, size of the content. */
function headerBytes(flags: number): number {
  const isSingleSegment = (flags & 0b10_0000) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const size = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + size;
}

function uint(bytes: Buffer, at: number, length: number): number {
  if (at + length > bytes.length) throw unreadable('ends in the middle of a Zstandard frame');
  return bytes.readUIntLE(at, length);
}
