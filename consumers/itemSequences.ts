import { itemKey } from '../src/domain/stockState.ts';

/** A stock item and how far it is known. */
export interface KnownItem {
  sku: string;
  location: string;
  /** Of the last event that was handed on. */
  sequence: number;
}

/** What an event is, by its sequence. `expected` is the sequence that should have come. */
export type SequenceVerdict =
  { is: 'next' } | { is: 'repeat' } | { is: 'late' } | { is: 'after-gap'; expected: number };

/** Events that name no stock item are told apart by their ids; so many are remembered. */
const namelessMax = 1000;

/**
 * How far each stock item is known. Sequences are contiguous from 1 by item, so they show what is
 * a repeat and what is missing.
 */
export class ItemSequences {
  readonly #known = new Map<string, number>();
  readonly #nameless = new Set<string>();
  /** Whether an item that is not known is one without events; else nothing is known of it. */
  #complete: boolean;

  constructor(known: readonly KnownItem[], complete: boolean) {
    for (const item of known) this.set(item);
    this.#complete = complete;
  }

  /** From now on an item that is not known is one without events. */
  complete(): void {
    this.#complete = true;
  }

  /** The sequence that the item's next event has; undefined when that cannot be told. */
  expected({ sku, location }: { sku: string; location: string }): number | undefined {
    const known = this.#known.get(itemKey(sku, location));
    return known === undefined ? (this.#complete ? 1 : undefined) : known + 1;
  }

  set({ sku, location, sequence }: KnownItem): void {
    this.#known.set(itemKey(sku, location), sequence);
  }

  /**
   * Takes an event, if it is none that was taken before. `isLate`: it says that it was published
   * late; then a sequence that is past is not one that was there before, and what is known stays.
   */
  take(event: KnownItem & { eventId: string }, isLate = false): SequenceVerdict {
    if (event.sequence === 0) return this.#takeNameless(event.eventId);
    const expected = this.expected(event);
    if (isLate && (expected === undefined || event.sequence < expected)) return { is: 'late' };
    if (expected !== undefined && event.sequence < expected) return { is: 'repeat' };
    this.set(event);
    const isNext = expected === undefined || event.sequence === expected;
    return isNext ? { is: 'next' } : { is: 'after-gap', expected };
  }

  #takeNameless(eventId: string): SequenceVerdict {
    if (this.#nameless.has(eventId)) return { is: 'repeat' };
    this.#nameless.add(eventId);
    if (this.#nameless.size > namelessMax) {
      for (const oldest of this.#nameless) {
        this.#nameless.delete(oldest);
        break;
      }
    }
    return { is: 'next' };
  }
}
