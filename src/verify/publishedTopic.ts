import type { KafkaMessage } from 'kafkajs';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Finding } from './findings.ts';

/**
 * Compares the committed records of one published topic, as they are read, with the rows that the
 * log demands for it: the same bytes in the same order, none missing, none twice.
 */
export class PublishedTopic {
  readonly #topic: string;
  readonly #expected: ReadonlyMap<number, readonly OutboxRow[]>;
  readonly #read = new Map<number, number>();
  readonly #findings: Finding[] = [];

  constructor(topic: string, expected: ReadonlyMap<number, readonly OutboxRow[]>) {
    this.#topic = topic;
    this.#expected = expected;
  }

  take(lane: number, records: readonly KafkaMessage[]): void {
    for (const record of records) {
      const index = this.count(lane);
      const expected = this.#expected.get(lane)?.[index];
      this.#read.set(lane, index + 1);
      // What comes after the last expected row belongs to commands that were applied meanwhile.
      if (expected && hexOf(expected) !== hexOf(record)) {
        this.#note(lane, `offset ${record.offset}`, hexOf(expected), hexOf(record));
      }
    }
  }

  /** Records read so far. */
  count(lane: number): number {
    return this.#read.get(lane) ?? 0;
  }

  /** What was found, and what was never published. */
  end(): Finding[] {
    for (const [lane, rows] of this.#expected) {
      for (const row of rows.slice(this.count(lane))) {
        this.#note(lane, `sequence ${row.sequence}`, hexOf(row), '');
      }
    }
    return this.#findings;
  }

  #note(lane: number, what: string, expected: string, found: string): void {
    this.#findings.push({ lane, where: this.#topic, what, expected, found });
  }
}

function hexOf({ key, value }: Pick<OutboxRow, 'key' | 'value'>): string {
  const keyBytes = key === null ? null : Buffer.from(key);
  return `${value?.toString('hex') ?? 'null'} of ${keyBytes?.toString('hex') ?? 'null'}`;
}
