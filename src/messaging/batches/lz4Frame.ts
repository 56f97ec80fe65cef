import { tooLarge, unreadable } from './batchFailure.ts';

const magic = 0x184d2204;
const skippableMagic = 0x184d2a50;
/** Flags of a frame: version 01, then what there is of checksums, size and dictionary. */
const version = 0b0100_0000;
const hasBlockChecksum = 0b0001_0000;
const hasContentSize = 0b0000_1000;
const hasContentChecksum = 0b0000_0100;
const hasDictionary = 0b0000_0001;
/** On the length of a block that is stored as it is. */
const storedBit = 0x8000_0000;
const matchBytesMin = 4;

/**
 * Inflates LZ4 frames, all that follow each other, into at most `bytesMax` bytes. Checksums are
 * passed over: the batch around them has one. By our own hand, because the packages at hand either
 * allocate what a frame claims, write past its end, or fail for good after the first bad frame.
 * Throws BatchFailure.
 */
export function inflateLz4(bytes: Buffer, bytesMax: number): Buffer {
  const output = new Lz4Output(bytes.length, bytesMax);
  let at = 0;
  while (at < bytes.length) at = readFrame(bytes, at, output);
  return output.result();
}

/** Returns where the frame ends. */
function readFrame(bytes: Buffer, start: number, output: Lz4Output): number {
  const kind = uint32(bytes, start);
  if (kind >>> 4 === skippableMagic >>> 4) return start + 8 + uint32(bytes, start + 4);
  const flags = bytes[start + 4] ?? 0;
  if (kind !== magic || (flags & 0b1100_0000) !== version) throw unreadable('is no LZ4 frame');
  if (flags & hasDictionary) throw unreadable('is an LZ4 frame with a dictionary');
  // Magic, flags, block size, perhaps the size of all, a byte of checksum.
  let at = start + 6 + (flags & hasContentSize ? 8 : 0) + 1;
  output.beginFrame();
  for (;;) {
    const length = uint32(bytes, at);
    at += 4;
    if (length === 0) break;
    const end = at + (length & ~storedBit);
    if (end > bytes.length) throw unreadable('ends in the middle of an LZ4 block');
    if (length & storedBit) output.literals(bytes, at, end - at);
    else inflateBlock(bytes, at, end, output);
    at = end + (flags & hasBlockChecksum ? 4 : 0);
  }
  return at + (flags & hasContentChecksum ? 4 : 0);
}

function inflateBlock(bytes: Buffer, start: number, end: number, output: Lz4Output): void {
  let at = start;
  /** A length of four bits goes on in whole bytes when all four are set. */
  const length = (bits: number) => {
    let sum = bits;
    for (let more = bits === 15; more;) {
      if (at >= end) throw unreadable('has a broken LZ4 block');
      const byte = bytes[at++] ?? 0;
      sum += byte;
      more = byte === 255;
    }
    return sum;
  };
  while (at < end) {
    const token = bytes[at++] ?? 0;
    const literals = length(token >> 4);
    if (at + literals > end) throw unreadable('has a broken LZ4 block');
    output.literals(bytes, at, literals);
    at += literals;
    // The last sequence has no match.
    if (at === end) return;
    if (at + 2 > end) throw unreadable('has a broken LZ4 block');
    const distance = bytes.readUInt16LE(at);
    at += 2;
    output.match(distance, length(token & 15) + matchBytesMin);
  }
}

/** What came out so far; grows as it is needed, up to the limit. */
class Lz4Output {
  readonly #bytesMax: number;
  #buffer: Buffer;
  #length = 0;
  #frameStart = 0;

  constructor(compressedBytes: number, bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#buffer = Buffer.allocUnsafe(Math.min(4 * compressedBytes, bytesMax));
  }

  /** Matches do not reach back into the frame before. */
  beginFrame(): void {
    this.#frameStart = this.#length;
  }

  literals(from: Buffer, start: number, length: number): void {
    this.#reserve(length);
    from.copy(this.#buffer, this.#length, start, start + length);
    this.#length += length;
  }

  match(distance: number, length: number): void {
    const from = this.#length - distance;
    if (distance === 0 || from < this.#frameStart) throw unreadable('has a broken LZ4 block');
    this.#reserve(length);
    const buffer = this.#buffer;
    // What is copied may be what this copy has just written.
    if (distance >= length) buffer.copyWithin(this.#length, from, from + length);
    else for (let i = 0; i < length; i++) buffer[this.#length + i] = buffer[from + i] ?? 0;
    this.#length += length;
  }

  result(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed > this.#bytesMax) throw tooLarge(this.#bytesMax);
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.min(Math.max(2 * needed, 65_536), this.#bytesMax));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function uint32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw unreadable('ends in the middle of an LZ4 frame');
  return bytes.readUInt32LE(at);
}
