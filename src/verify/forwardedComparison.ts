import type { KafkaMessage } from 'kafkajs';
import type { OutboxRow } from '../storage/outbox.ts';
import { type ForwardedRows, messageDigest } from './forwardedRows.ts';

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
 * logs demand: each exactly once. Whatever else stands there is none of its business. Messages of
 * the same bytes can only be counted.
 */
export class ForwardedComparison {
  readonly #kind: OutboxRow['kind'];
  readonly #isCut: boolean;
  readonly #rows: ForwardedRows;
  /** By digest: the rows that demand it, their places in the columns. */
  readonly #demands = new Map<number, number | number[]>();
  readonly #found = new Map<number, number>();
  readonly #later = new Map<number, number>();
  #beginning: number | undefined;

  /** `isCut`: whether retention has deleted the partition's first records. */
  constructor(kind: OutboxRow['kind'], rows: ForwardedRows, isCut: boolean) {
    this.#kind = kind;
    this.#isCut = isCut;
    this.#rows = rows;
    rows.digests.forEach((digest, place) => {
      const places = this.#demands.get(digest);
      if (places === undefined) this.#demands.set(digest, place);
      else if (typeof places === 'number') this.#demands.set(digest, [places, place]);
      else places.push(place);
    });
  }

  take(records: readonly KafkaMessage[]): void {
    this.#beginning ??= Number(records[0]?.timestamp);
    for (const record of records) {
      const digest = messageDigest(record);
      if (this.#demands.has(digest)) count(this.#found, digest);
    }
  }

  /** Lanes of which something is there more often than their logs demanded at the snapshot. */
  surplusLanes(): Set<number> {
    const lanes = new Set<number>();
    for (const [digest, found] of this.#found) {
      const places = this.#placesOf(digest);
      if (found > places.length) lanes.add(this.#rows.lanes[places[0] ?? 0] ?? 0);
    }
    return lanes;
  }

  /** A row that its lane has added after the snapshot: its record may be there or not. */
  allow(row: Pick<OutboxRow, 'kind' | 'key' | 'value'>): void {
    if (row.kind !== this.#kind) return;
    const digest = messageDigest(row);
    if (this.#demands.has(digest)) count(this.#later, digest);
  }

  /** Where rows and records do not match; `isWhole`: whether more records are too many. */
  end(isWhole: boolean): ForwardedDifference[] {
    const differences: ForwardedDifference[] = [];
    const note = (place: number, expected: string, found: string) => {
      const { lanes, sequences, offsets } = this.#rows;
      const at = { lane: lanes[place] ?? 0, sequence: sequences[place] ?? 0 };
      differences.push({ ...at, offset: offsets[place] ?? 0, expected, found });
    };
    for (const digest of this.#demands.keys()) {
      const places = this.#placesOf(digest);
      const found = this.#found.get(digest) ?? 0;
      for (const place of places.slice(found)) {
        if (!this.#mayBeCut(place)) note(place, 'a record', '');
      }
      const most = places.length + (this.#later.get(digest) ?? 0);
      if (isWhole && found > most) note(places[0] ?? 0, `${most} at most`, String(found));
    }
    return differences;
  }

  #placesOf(digest: number): number[] {
    const places = this.#demands.get(digest) ?? [];
    return typeof places === 'number' ? [places] : places;
  }

  /** A record comes after its row: one that was appended before the first that is left is gone. */
  #mayBeCut(place: number): boolean {
    if (!this.#isCut) return false;
    return this.#beginning === undefined || (this.#rows.times[place] ?? 0) < this.#beginning;
  }
}

function count(counts: Map<number, number>, digest: number): void {
  counts.set(digest, (counts.get(digest) ?? 0) + 1);
}
