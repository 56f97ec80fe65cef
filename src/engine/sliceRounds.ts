import type { Pool } from 'mysql2/promise';
import type { SliceLimits } from './sliceLimits.ts';
import { SliceTransaction } from './sliceTransaction.ts';

/** How much of a transaction a slice takes. */
export interface SliceSize {
  commands: number;
  bytes: number;
}

interface Waiting {
  size: () => SliceSize;
  begin: (transaction: SliceTransaction) => Promise<void>;
}

/**
 * Lets the lanes of a process apply their slices in rounds: all that wait, up to the limits of one
 * transaction, share one. Few rounds are under way at once; what comes meanwhile gathers for the
 * next. So a lane with much to do goes alone, and many lanes with little go together.
 */
export class SliceRounds {
  readonly #pool: Pool;
  readonly #limits: SliceLimits;
  readonly #roundsMax: number;
  #waiting: Waiting[] = [];
  #rounds = 0;
  #scheduled = false;

  constructor(pool: Pool, limits: SliceLimits, roundsMax: number) {
    this.#pool = pool;
    this.#limits = limits;
    this.#roundsMax = roundsMax;
  }

  /**
   * Applies a slice when its turn comes. `size` is asked then, and again while it waits; one that
   * fills a transaction goes alone.
   */
  run<Result>(
    size: () => SliceSize,
    apply: (transaction: SliceTransaction) => Promise<Result>,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const begin = async (transaction: SliceTransaction) => {
        await apply(transaction)
          .then(resolve, reject)
          .finally(() => transaction.leave());
      };
      this.#waiting.push({ size, begin });
      this.#schedule();
    });
  }

  /** Whether lanes wait for their turn. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Not at once: what one fetch has brought, and lanes that are just done, go together. */
  #schedule(): void {
    if (this.#scheduled || this.#rounds >= this.#roundsMax || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#runRound(this.#take());
      this.#schedule();
    });
  }

  /** As many as fit, in the order in which they came; the first in any case. */
  #take(): Waiting[] {
    const { commandsMax, bytesMax } = this.#limits;
    let [commands, bytes] = [0, 0];
    const beyond = this.#waiting.findIndex(({ size }, index) => {
      const next = size();
      commands += Math.min(next.commands, commandsMax);
      bytes += Math.min(next.bytes, bytesMax);
      return index > 0 && (commands > commandsMax || bytes > bytesMax);
    });
    return this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
  }

  async #runRound(slices: readonly Waiting[]): Promise<void> {
    this.#rounds++;
    const transactions = SliceTransaction.shared(this.#pool, slices.length);
    await Promise.all(slices.map(({ begin }, index) => begin(transactions[index]!)));
    this.#rounds--;
    this.#schedule();
  }
}
