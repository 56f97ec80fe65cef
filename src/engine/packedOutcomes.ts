import { invariant } from '../ops/errors.ts';

const CHUNK_BYTES = 256 * 1024;
/** Log time (8) and length (4), before each value. */
const HEAD_BYTES = 12;

interface Chunk {
  bytes: Buffer;
  /** Values in it that are not forgotten. */
  held: number;
}

/**
 * First outcomes by command id, as their bytes, one behind the other: most are never looked at
 * again. Objects take three times the room, and the garbage collector's time.
 */
export class PackedOutcomes {
  /** Where each begins: the number of its chunk times CHUNK_BYTES, plus the place in the chunk. */
  readonly #places = new Map<string, number>();
  readonly #chunks = new Map<number, Chunk>();
  /** The chunk that is being filled, and up to where. */
  #last = -1;
  #filled = Infinity;
  /** Log time of the oldest one. */
  #oldest = Infinity;

  get size(): number {
    return this.#places.size;
  }

  /** They have to come in the order of their log times, in ms since 1970, each id once. */
  put(commandId: string, time: number, value: Buffer): void {
    const length = HEAD_BYTES + value.length;
    const chunk = this.#chunkFor(length);
    const at = this.#filled;
    chunk.bytes.writeDoubleLE(time, at);
    chunk.bytes.writeUInt32LE(value.length, at + 8);
    value.copy(chunk.bytes, at + HEAD_BYTES);
    chunk.held++;
    this.#filled += length;
    const before = this.#places.size;
    this.#places.set(commandId, this.#last * CHUNK_BYTES + at);
    invariant(this.#places.size > before, `command ${commandId} has a first outcome already`);
    this.#oldest = Math.min(this.#oldest, time);
  }

  get(commandId: string): Buffer | undefined {
    const place = this.#places.get(commandId);
    if (place === undefined) return undefined;
    const bytes = this.#bytesAt(place);
    return bytes.subarray(HEAD_BYTES, HEAD_BYTES + bytes.readUInt32LE(8));
  }

  /** Forgets those with log times up to this one, in ms since 1970. */
  forgetUntil(time: number): void {
    if (time < this.#oldest) return;
    for (const [commandId, place] of this.#places) {
      this.#oldest = this.#bytesAt(place).readDoubleLE(0);
      if (this.#oldest > time) return;
      this.#places.delete(commandId);
      this.#release(place);
    }
    this.#oldest = Infinity;
  }

  #chunkFor(length: number): Chunk {
    const last = this.#chunks.get(this.#last);
    if (last && this.#filled + length <= last.bytes.length) return last;
    const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, length)), held: 0 };
    this.#chunks.set(++this.#last, chunk);
    this.#filled = 0;
    return chunk;
  }

  #bytesAt(place: number): Buffer {
    const chunk = this.#chunks.get(Math.floor(place / CHUNK_BYTES));
    return chunk!.bytes.subarray(place % CHUNK_BYTES);
  }

  #release(place: number): void {
    const number = Math.floor(place / CHUNK_BYTES);
    const chunk = this.#chunks.get(number)!;
    if (--chunk.held === 0 && number !== this.#last) this.#chunks.delete(number);
  }
}
