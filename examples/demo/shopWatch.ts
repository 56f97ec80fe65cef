import { type Pool, type RowDataPacket, createPool } from 'mysql2/promise';
import type { Settings } from '../../src/config/settings.ts';
import { connectionOptions } from '../../src/storage/database.ts';
import { shopDatabaseName } from '../shop/shopDatabase.ts';

const pollMs = 200;

/** How far the shop's orders are. */
export interface ShopCounts {
  placed: number;
  reserved: number;
  confirmed: number;
  rejected: number;
  cancelled: number;
  expired: number;
  refunded: number;
  /** Payments that the provider has yet to answer. */
  due: number;
  /** Events that have no verdict yet. */
  open: number;
  /** Events that are not on Kafka. */
  outbox: number;
}

/** Looks at the tables of shop and stock several times a second. */
export class ShopWatch {
  readonly #pool: Pool;
  readonly #stock: string;
  readonly #timer: NodeJS.Timeout;
  #reading: Promise<void> = Promise.resolve();
  #isReading = false;
  counts: ShopCounts = {
    placed: 0,
    reserved: 0,
    confirmed: 0,
    rejected: 0,
    cancelled: 0,
    expired: 0,
    refunded: 0,
    due: 0,
    open: 0,
    outbox: 0,
  };
  /** Stock items that onhand knows. */
  stockItems = 0;
  failure: Error | undefined;

  constructor(settings: Settings) {
    this.#stock = settings.ONHAND_MYSQL_DATABASE;
    const database = shopDatabaseName(settings);
    const options = { ...connectionOptions(settings, 'read'), database };
    this.#pool = createPool({ ...options, connectionLimit: 1 });
    this.#timer = setInterval(() => {
      if (!this.#isReading) void this.look();
    }, pollMs);
  }

  /** What waits for onhand, or for being sent to it. */
  get lag(): number {
    return this.counts.open;
  }

  /** Whether nothing more will happen by itself. */
  get isAtRest(): boolean {
    const { placed, reserved, due, open, outbox } = this.counts;
    return placed + reserved + due + open + outbox === 0;
  }

  /** Sees everything that was committed before the call. */
  look(): Promise<void> {
    return (this.#reading = this.#reading.then(() => this.#read()));
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      const [rows] = await this.#pool.query<CountRow[]>(countsSql, [this.#stock]);
      const found = new Map(rows.map(({ name, n }) => [name, n]));
      for (const name of Object.keys(this.counts) as (keyof ShopCounts)[]) {
        this.counts[name] = found.get(name) ?? 0;
      }
      this.stockItems = found.get('stockItems') ?? 0;
      this.failure = undefined;
    } catch (error) {
      this.failure = error as Error;
    } finally {
      this.#isReading = false;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
    await this.#pool.end();
  }
}

type CountRow = RowDataPacket & { name: keyof ShopCounts | 'stockItems'; n: number };

const countsSql = `
  SELECT status AS name, COUNT(*) AS n FROM orders GROUP BY status
  UNION ALL SELECT status, COUNT(*) FROM payments WHERE status <> 'settled' GROUP BY status
  UNION ALL SELECT 'open', CAST(COALESCE(SUM(open_events), 0) AS SIGNED) FROM orders
  UNION ALL SELECT 'outbox', COUNT(*) FROM outbox
  UNION ALL SELECT 'stockItems', COUNT(*) FROM ??.stock_levels`;
