import type { LaneId } from '../storage/progress.ts';

/** A lane of one of the engines. */
export type LanePlace = Pick<LaneId, 'engine' | 'lane'>;

/** One place where what is stored or published is not what the log says. */
export interface Finding extends LanePlace {
  /** Table or topic. */
  where: string;
  /** The row or record, and the field of it: `sequence 7: onHandAfter`, `order o-1: pending`. */
  what: string;
  /** The stock item or order that it is about; null when it is about none. */
  item: string | null;
  /**
   * Log offset of what caused it: of the record that the outbox row or event answers, of the last
   * change of the item or order; null when nothing in the log, or nothing that was read, did.
   */
  offset: number | null;
  /** What the log says; empty when it says that there is nothing. */
  expected: string;
  /** What was found; empty when it is missing. */
  found: string;
}

/** Of each table and topic so many are kept, those of the lowest sequences; all are counted. */
const keptMax = 20;

/** What is found wrong with one lane. */
export class LaneFindings {
  readonly #place: LanePlace;
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<string, number>();

  constructor({ engine, lane }: LanePlace) {
    this.#place = { engine, lane };
  }

  /** How many there are, also those that were not kept. */
  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  note(finding: Omit<Finding, keyof LanePlace>): void {
    const count = (this.#counts.get(finding.where) ?? 0) + 1;
    this.#counts.set(finding.where, count);
    if (count <= keptMax) this.#kept.push({ ...this.#place, ...finding });
  }

  /** Those that were kept, by log offset: the first is where they part. */
  get kept(): Finding[] {
    return [...this.#kept].sort((a, b) => byOffset(a.offset, b.offset));
  }
}

/** How findings and people call a stock item. */
export function itemText({ sku, location }: { sku: string; location: string }): string {
  return `${sku} at ${location}`;
}

/** How findings and people call an order. */
export function orderText(orderId: string): string {
  return `order ${orderId}`;
}

/** For sorting: what no offset is known of comes last. */
export function byOffset(a: number | null, b: number | null): number {
  if (a === b) return 0;
  return (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER);
}
