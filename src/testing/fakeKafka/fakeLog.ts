import { errors } from './codes.ts';

/** A record batch as it comes in. */
interface Batch {
  producerId: string;
  firstSequence: number;
  inTransaction: boolean;
  values: string[];
}
interface Entry {
  value: string;
  /** The producer in whose open transaction it is. */
  openFor: string | undefined;
}
interface Written {
  next: number;
  baseOffset: number;
  first: number;
}

const withoutId = '-1';

/** A partition: what was appended, and what each producer's next sequence number is. */
export class FakeLog {
  /** The node that leads it, −1 for none. */
  leader: number;
  #entries: (Entry | undefined)[] = [];
  readonly #written = new Map<string, Written>();

  constructor(leader: number) {
    this.leader = leader;
  }

  /** The values that a reader of committed records gets. */
  get values(): string[] {
    return this.#entries.flatMap((entry) => (entry && !entry.openFor ? [entry.value] : []));
  }

  append({ producerId, firstSequence, inTransaction, values }: Batch): {
    errorCode: number;
    baseOffset: number;
  } {
    const written = this.#written.get(producerId);
    if (producerId !== withoutId && written) {
      const { first, baseOffset } = written;
      if (firstSequence === first) return { errorCode: errors.none, baseOffset };
      if (firstSequence < written.next) return { errorCode: errors.duplicateSequence, baseOffset };
      if (firstSequence > written.next) return { errorCode: errors.outOfOrder, baseOffset: -1 };
    }
    const baseOffset = this.#entries.length;
    const openFor = inTransaction ? producerId : undefined;
    this.#entries.push(...values.map((value) => ({ value, openFor })));
    const next = firstSequence + values.length;
    this.#written.set(producerId, { first: firstSequence, next, baseOffset });
    return { errorCode: errors.none, baseOffset };
  }

  endTransaction(producerId: string, isCommitted: boolean): void {
    this.#entries = this.#entries.map((entry) => {
      if (entry?.openFor !== producerId) return entry;
      return isCommitted ? { ...entry, openFor: undefined } : undefined;
    });
  }
}
