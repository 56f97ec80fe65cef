import { unreadable } from './batchFailure.ts';

/** Reads numbers and stretches of bytes in order; what ends too early is a BatchFailure. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#skip(8));
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A signed number of up to 32 bits, seven in each byte. */
  varInt(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#skip(1)] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw unreadable('a number in a record is longer than 32 bits');
  }

  /** A signed number of up to 64 bits; exact below 2^53. */
  varLong(): number {
    let value = 0;
    for (let weight = 1, bytes = 0; bytes < 10; bytes++, weight *= 128) {
      const byte = this.#bytes[this.#skip(1)] ?? 0;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw unreadable('a number in a record is longer than 64 bits');
  }

  /** Bytes behind their length; −1 stands for null. */
  sized(): Buffer | null {
    const length = this.varInt();
    return length === -1 ? null : this.bytes(length);
  }

  /** Where the next `length` bytes begin; the reader is behind them then. */
  #skip(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.#bytes.length) {
      throw unreadable('ends in the middle of a record');
    }
    this.#at = start + length;
    return start;
  }
}
