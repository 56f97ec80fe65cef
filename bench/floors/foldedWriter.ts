import type { Pool } from 'mysql2/promise';
import { saveSlices } from '../../src/engine/saveSlices.ts';
import { invariant } from '../../src/ops/errors.ts';
import { inTransaction } from '../../src/storage/database.ts';
import type { OutboxRow } from '../../src/storage/outbox.ts';
import { type Progress, claimLane } from '../../src/storage/progress.ts';
import type { FoldedLane } from './foldedLanes.ts';

/** Writes the slices of a lane that were decided beforehand, each as onhand commits it. */
export class FoldedWriter {
  readonly #pool: Pool;
  readonly #lane: FoldedLane;
  #written = 0;
  #progress: Progress;

  private constructor(pool: Pool, lane: FoldedLane, progress: Progress) {
    this.#pool = pool;
    this.#lane = lane;
    this.#progress = progress;
  }

  static async claim(pool: Pool, lane: FoldedLane): Promise<FoldedWriter> {
    const claimed = inTransaction(pool, (connection) => claimLane(connection, lane.id, 'bench'));
    return new FoldedWriter(pool, lane, await claimed);
  }

  /** What a publisher of the lane needs. */
  get progress(): Progress {
    return this.#progress;
  }

  get isDone(): boolean {
    return this.#written === this.#lane.slices.length;
  }

  /** The first command of a slice, by the slice's number. */
  commandIdOf(slice: number): string {
    return this.#lane.slices[slice]?.rows[0]?.commandId ?? '';
  }

  /** Commits the next slice and returns its outbox rows. */
  async writeNext(): Promise<OutboxRow[]> {
    const slice = this.#lane.slices[this.#written++];
    invariant(slice, 'no slice is left');
    const { rows, changes } = slice;
    const from = this.#progress;
    const to = {
      ...from,
      nextOffset: from.nextOffset + rows.length,
      outboxSequence: from.outboxSequence + rows.length,
    };
    const { levels, reservations } = changes;
    await inTransaction(this.#pool, (connection) =>
      saveSlices(connection, [{ from, to, levels, reservations, outbox: rows }]),
    );
    this.#progress = to;
    return rows;
  }
}
