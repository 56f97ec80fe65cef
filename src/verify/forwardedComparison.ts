import type { KafkaMessage } from 'kafkajs';
import type { OutboxRow } from '../storage/outbox.ts';
import { type MessageColumns, messageDigest } from './messageColumns.ts';
import { MessageCounts } from './messageCounts.ts';

/** A row of which there is no record, or more than one. */
export interface ForwardedDifference {
  lane: number;
  sequence: number;
  /** Log offset of what caused it. */
  offset: number;
  expected: string;
  found: string;
}

/**
 * Compares what one engine writes into a partition of the other's log with the rows that its own
 * logs demand: each exactly once.
 */
export class ForwardedComparison {
  readonly #kind: OutboxRow['kind'];
  readonly #rows: MessageColumns;
  readonly #counts: MessageCounts;
  readonly #later = new Map<number, number>();

  /** `isCut`: whether retention has deleted the partition's first records. */
  constructor(kind: OutboxRow['kind'], rows: MessageColumns, isCut: boolean) {
    this.#kind = kind;
    this.#rows = rows;
    this.#counts = new MessageCounts(rows, isCut);
  }

  take(records: readonly KafkaMessage[]): void {
    this.#counts.take(records);
  }

  /** Lanes of which something is there more often than their logs demanded at the snapshot. */
  surplusLanes(): Set<number> {
    return new Set(this.#counts.surplus().map(({ place }) => this.#rows.lanes[place] ?? 0));
  }

  /** A row that its lane has added after the snapshot: its record may be there or not. */
  allow(row: Pick<OutboxRow, 'kind' | 'key' | 'value'>): void {
    if (row.kind !== this.#kind) return;
    const digest = messageDigest(row);
    if (this.#counts.isDemanded(digest)) {
      this.#later.set(digest, (this.#later.get(digest) ?? 0) + 1);
    }
  }

  /** Where rows and records do not match; `isWhole`: whether more records are too many. */
  end(isWhole: boolean): ForwardedDifference[] {
    const differences = this.#counts.missing().map((place) => this.#at(place, 'a record', ''));
    if (!isWhole) return differences;
    for (const { digest, place, demanded, found } of this.#counts.surplus()) {
      const most = demanded + (this.#later.get(digest) ?? 0);
      if (found > most) differences.push(this.#at(place, `${most} at most`, String(found)));
    }
    return differences;
  }

  #at(place: number, expected: string, found: string): ForwardedDifference {
    const { lanes, sequences, offsets } = this.#rows;
    const at = { lane: lanes[place] ?? 0, sequence: sequences[place] ?? 0 };
    return { ...at, offset: offsets[place] ?? 0, expected, found };
  }
}
