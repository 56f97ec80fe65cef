import type { Connection } from 'mysql2/promise';
import { laneTables } from '../storage/laneTables.ts';
import { type OutboxRow, outboxValues } from '../storage/outbox.ts';
import type { LaneId } from '../storage/progress.ts';
import { type TableRow, putShadow } from '../storage/shadowTables.ts';

const [commandIdPlace, timePlace] = [4, 5];
const [table] = laneTables.stock.filter(({ name }) => name === 'outbox');

/** Rows of the lane's outbox that may be gone, because they are published and forgotten. */
export interface Prunable {
  /** Sequence of the oldest row that is there. */
  before: number;
  published: number;
  /** Log time before which commands are forgotten, in ms since 1970. */
  forgottenBefore: number;
}

/** The shadow of a lane's outbox while the lane is folded. */
export class ShadowOutbox {
  readonly #connection: Connection;
  readonly #id: LaneId;
  readonly #prunable: Prunable;
  readonly #memoryMs: number;
  #count = 0;
  #firstTime = Infinity;
  #isIndexed = false;
  #isSealed = false;

  constructor(connection: Connection, id: LaneId, prunable: Prunable, memoryMs: number) {
    this.#connection = connection;
    this.#id = id;
    this.#prunable = prunable;
    this.#memoryMs = memoryMs;
  }

  /** Rows that it holds. */
  get count(): number {
    return this.#count;
  }

  /** Takes over rows of a checkpoint, values in the order of the table's columns. */
  async takeOver(rows: readonly TableRow[]): Promise<void> {
    this.#firstTime = Math.min(this.#firstTime, Number(rows[0]?.[timePlace] ?? Infinity));
    await this.#write(rows);
  }

  /** From now on it makes no index, which would end the transaction that it is used in. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Adds rows that are demanded next. Of those that may be gone none is kept. */
  async put(rows: readonly OutboxRow[]): Promise<void> {
    const { before, published, forgottenBefore } = this.#prunable;
    const wanted = rows.filter(({ sequence, time }) => {
      return sequence >= before || sequence > published || time >= forgottenBefore;
    });
    if (wanted.length === 0) return;
    this.#firstTime = Math.min(this.#firstTime, wanted[0]?.time ?? Infinity);
    const { engine, lane } = this.#id;
    const values = wanted.map((row) => outboxValues(engine, lane, row));
    const last = wanted.at(-1)?.time ?? 0;
    if (last - this.#firstTime >= this.#memoryMs) await this.#forget(values);
    await this.#write(values);
  }

  async #write(rows: readonly TableRow[]): Promise<void> {
    if (!table || rows.length === 0) return;
    await putShadow(this.#connection, table, rows);
    this.#count += rows.length;
  }

  /** An id that is remembered anew is taken from the row that had it before, as the engine does. */
  async #forget(rows: readonly TableRow[]): Promise<void> {
    const newest = new Map<unknown, TableRow>();
    for (const row of rows) {
      const commandId = row[commandIdPlace];
      if (commandId === null) continue;
      const earlier = newest.get(commandId);
      if (earlier) earlier[commandIdPlace] = null;
      newest.set(commandId, row);
    }
    if (newest.size === 0) return;
    if (!this.#isIndexed && !this.#isSealed) {
      await this.#connection.query('CREATE INDEX remembered ON shadow_outbox (command_id)');
      this.#isIndexed = true;
    }
    await this.#connection.query(
      'UPDATE shadow_outbox SET command_id = NULL WHERE command_id IN (?)',
      [[...newest.keys()]],
    );
  }
}
