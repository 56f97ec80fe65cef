import type { KafkaMessage } from 'kafkajs';
import { type MessageColumns, messageDigest } from './messageColumns.ts';

/**
 * Counts how often each message that lanes must have written stands in one partition. Whatever else
 * stands there is none of its business; messages of the same bytes can only be counted.
 */
export class MessageCounts {
  readonly #isCut: boolean;
  readonly #columns: MessageColumns;
  /** By digest: the rows that demand it, their places in the columns. */
  readonly #demands = new Map<number, number | number[]>();
  readonly #found = new Map<number, number>();
  #beginning: number | undefined;

  /** `isCut`: whether retention has deleted the partition's first records. */
  constructor(columns: MessageColumns, isCut: boolean) {
    this.#isCut = isCut;
    this.#columns = columns;
    columns.digests.forEach((digest, place) => {
      const places = this.#demands.get(digest);
      if (places === undefined) this.#demands.set(digest, place);
      else if (typeof places === 'number') this.#demands.set(digest, [places, place]);
      else places.push(place);
    });
  }

  /** Whether some row demands it. */
  isDemanded(digest: number): boolean {
    return this.#demands.has(digest);
  }

  /**
   * Counts records, in log order. `onDemanded` is told of each that some row demands: the place of
   * that row in the columns, and whether there are more such records by now than such rows.
   */
  take(
    records: readonly KafkaMessage[],
    onDemanded?: (record: KafkaMessage, place: number, isSurplus: boolean) => void,
  ): void {
    this.#beginning ??= records[0] && Number(records[0].timestamp);
    for (const record of records) {
      const digest = messageDigest(record);
      if (!this.#demands.has(digest)) continue;
      const found = (this.#found.get(digest) ?? 0) + 1;
      this.#found.set(digest, found);
      if (!onDemanded) continue;
      const places = this.#placesOf(digest);
      onDemanded(record, places[Math.min(found, places.length) - 1] ?? 0, found > places.length);
    }
  }

  /** Places of the rows of which there is no record; not of those that retention may have taken. */
  missing(): number[] {
    return [...this.#demands.keys()].flatMap((digest) => {
      const places = this.#placesOf(digest);
      return places.slice(this.#found.get(digest) ?? 0).filter((place) => !this.#mayBeCut(place));
    });
  }

  /** What stands there more often than rows demand it: the first row's place, and both counts. */
  surplus(): { digest: number; place: number; demanded: number; found: number }[] {
    return [...this.#found].flatMap(([digest, found]) => {
      const [place = 0, ...others] = this.#placesOf(digest);
      const demanded = others.length + 1;
      return found > demanded ? [{ digest, place, demanded, found }] : [];
    });
  }

  #placesOf(digest: number): number[] {
    const places = this.#demands.get(digest) ?? [];
    return typeof places === 'number' ? [places] : places;
  }

  /** A record comes after its row: one that was appended before the first that is left is gone. */
  #mayBeCut(place: number): boolean {
    if (!this.#isCut) return false;
    return this.#beginning === undefined || (this.#columns.times[place] ?? 0) < this.#beginning;
  }
}
