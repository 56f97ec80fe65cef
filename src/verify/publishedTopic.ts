import type { KafkaMessage } from 'kafkajs';
import type { OutboxRow } from '../storage/outbox.ts';
import type { EngineName } from '../storage/progress.ts';
import type { Finding } from './findings.ts';
import { messageText } from './messageText.ts';
import type { ReplayedLane } from './replayLanes.ts';

/**
 * Compares the committed records of one published topic, as they are read, with the rows that the
 * log demands for it: the same bytes in the same order, none missing, none twice.
 */
export class PublishedTopic {
  readonly #engine: EngineName;
  readonly #topic: string;
  readonly #expected: ReadonlyMap<number, readonly OutboxRow[]>;
  readonly #read = new Map<number, number>();
  readonly #findings: Finding[] = [];

  /** The rows of this kind go to the topic, each to its lane's partition. */
  constructor(
    engine: EngineName,
    topic: string,
    lanes: readonly ReplayedLane[],
    kind: OutboxRow['kind'],
  ) {
    this.#engine = engine;
    this.#topic = topic;
    this.#expected = new Map(
      lanes.map(({ progress, rows }) => [progress.lane, rows.filter((row) => row.kind === kind)]),
    );
  }

  take(lane: number, records: readonly KafkaMessage[]): void {
    for (const record of records) {
      const index = this.count(lane);
      const expected = this.#expected.get(lane)?.[index];
      this.#read.set(lane, index + 1);
      // What comes after the last expected row belongs to records that were applied meanwhile.
      if (expected && messageText(expected) !== messageText(record)) {
        this.#note(lane, `offset ${record.offset}`, messageText(expected), messageText(record));
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
        this.#note(lane, `sequence ${row.sequence}`, messageText(row), '');
      }
    }
    return this.#findings;
  }

  #note(lane: number, what: string, expected: string, found: string): void {
    this.#findings.push({
      engine: this.#engine,
      lane,
      where: this.#topic,
      what,
      expected,
      found,
    });
  }
}
