import type { KafkaMessage } from 'kafkajs';
import { isLate } from '../messaging/lateHeader.ts';
import { messageDigest } from './messageColumns.ts';

/**
 * Records of a partition that say of themselves that they were published late. They are no part of
 * its order: whoever misses a record in its place looks for it here, by a digest.
 */
export class LateRecords {
  readonly #isWanted: (record: KafkaMessage) => boolean;
  readonly #counts = new Map<number, number>();
  /** Records that nobody has claimed. */
  left = 0;

  /** `isWanted`: whether a record belongs to what is compared. */
  constructor(isWanted: (record: KafkaMessage) => boolean) {
    this.#isWanted = isWanted;
  }

  /** The same batches without them. */
  async *apart(
    batches: AsyncGenerator<KafkaMessage[], void, undefined>,
  ): AsyncGenerator<KafkaMessage[], void, undefined> {
    for await (const records of batches) {
      if (!records.some(isLate)) yield records;
      else {
        records.filter(isLate).forEach((record) => this.#take(record));
        const others = records.filter((record) => !isLate(record));
        if (others.length > 0) yield others;
      }
    }
  }

  /** Whether there is one of this digest that was not claimed before; it is claimed now. */
  claim(digest: number): boolean {
    const count = this.#counts.get(digest) ?? 0;
    if (count === 0) return false;
    this.#counts.set(digest, count - 1);
    this.left--;
    return true;
  }

  #take(record: KafkaMessage): void {
    if (!this.#isWanted(record)) return;
    const digest = messageDigest(record);
    this.#counts.set(digest, (this.#counts.get(digest) ?? 0) + 1);
    this.left++;
  }
}
