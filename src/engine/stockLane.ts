import type { Pool } from 'mysql2/promise';
import type { Policy } from '../domain/stockState.ts';
import { countParked } from '../storage/parkedCommands.ts';
import type { Progress } from '../storage/progress.ts';
import { together } from '../storage/together.ts';
import { cutSlice } from './cutSlice.ts';
import { type Entry, decodeSlice } from './decodeSlice.ts';
import type { Poison } from './handlerError.ts';
import { LaneState } from './laneState.ts';
import type { DecidedAhead, LaneWork, SliceResult } from './laneWork.ts';
import { processSlice } from './processSlice.ts';
import type { SliceLimits } from './sliceLimits.ts';
import type { SliceTransaction } from './sliceTransaction.ts';

/** The work of a stock lane: commands in, one outcome each. */
export class StockLane implements LaneWork<Entry> {
  readonly decode = decodeSlice;
  readonly #pool: Pool;
  readonly #lane: number;
  readonly #state: LaneState;

  constructor(pool: Pool, lane: number, policy: Policy) {
    this.#pool = pool;
    this.#lane = lane;
    this.#state = new LaneState(lane, policy);
  }

  cut(entries: readonly Entry[], limits: SliceLimits): number {
    return cutSlice(entries, limits, isTick);
  }

  apply(
    transaction: SliceTransaction,
    from: Progress,
    entries: readonly Entry[],
    nextOffset: number,
    poison: Poison,
  ): Promise<SliceResult> {
    return processSlice(transaction, this.#state, from, entries, nextOffset, poison);
  }

  lookAhead(predecessor: Promise<unknown>, entries: readonly Entry[], isWhole: boolean): void {
    this.#state.lookAhead(together(this.#pool), predecessor, entries, isWhole);
  }

  decidedAhead(): DecidedAhead<Entry> | undefined {
    return this.#state.decidedAhead;
  }

  forget(): void {
    this.#state.forget();
  }

  async parkedItems(): Promise<number> {
    return (await countParked(this.#pool, this.#lane)).length;
  }
}

function isTick(entry: Entry): boolean {
  return 'command' in entry && entry.command.kind === 'ExpireDue';
}
