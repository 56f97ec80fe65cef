import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../../../src/storage/database.ts';
import type { BenchInstallation } from '../../benchInstallation.ts';
import { onCleanUp } from '../../cleanUp.ts';

const rowsPerTransaction = 1000;
const connections = 8;
const aggregates = 1000;

/** What an event says: its number, and the aggregate whose events must keep their order. */
export interface NumberedEvent {
  /** From 0; negative ones only show that a relay is at work. */
  number: number;
  sku: string;
}

/** The outbox table as Debezium's documentation has it, and the application that fills it. */
export class DebeziumOutbox {
  readonly #pool: Pool;
  readonly close: () => Promise<void>;

  private constructor(pool: Pool) {
    this.#pool = pool;
    this.close = onCleanUp(() => pool.end());
  }

  static async open({ settings }: BenchInstallation): Promise<DebeziumOutbox> {
    const outbox = new DebeziumOutbox(openDatabase(settings, 'migrate', connections));
    await outbox.#pool.query(
      `CREATE TABLE outbox_events (
         id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
         aggregate_type VARCHAR(64) NOT NULL,
         aggregate_id   VARCHAR(64) NOT NULL,
         type           VARCHAR(64) NOT NULL,
         payload        JSON NOT NULL
       )`,
    );
    return outbox;
  }

  /** Commits events `from` to `to` − 1, at most a thousand in a transaction. */
  async commit(from: number, to: number): Promise<void> {
    for (let first = from; first < to; first += rowsPerTransaction) {
      const length = Math.min(rowsPerTransaction, to - first);
      const rows = Array.from({ length }, (_, index) => rowOf(first + index));
      await this.#pool.query(
        'INSERT INTO outbox_events (aggregate_type, aggregate_id, type, payload) VALUES ?',
        [rows],
      );
    }
  }
}

function rowOf(number: number): string[] {
  const sku = `SKU-${10_000 + (Math.abs(number) % aggregates)}`;
  const event: NumberedEvent = { number, sku };
  const payload = { type: 'StockReserved', orderId: `order-${number}`, quantity: 1, ...event };
  return ['stock', sku, 'StockReserved', JSON.stringify(payload)];
}
