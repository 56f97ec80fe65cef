import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';

const rowsMax = 500;
const idleMs = 20;
const retryMs = 500;
const lockWaitSeconds = 1;

/** Whoever brings events to Kafka. A link that failed is thrown away. */
export interface EventLink {
  /** Resolves when Kafka has all of them. */
  send(events: readonly UpstreamEvent[]): Promise<void>;
  disconnect(): Promise<void>;
}

/** A row of the outbox. */
export interface NotedEvent {
  id: number;
  event: UpstreamEvent;
}

/**
 * Brings the events of the outbox to Kafka, and deletes them when Kafka has them. Killed between
 * the two it sends them again: each has its id, so onhand decides it once.
 *
 * One relay works at a time, however many run: it holds a named lock of the database, which goes
 * with its connection.
 */
export class OutboxRelay {
  readonly #pool: Pool;
  readonly #open: () => Promise<EventLink>;
  readonly #logger: Logger;
  #link: EventLink | undefined;
  #stopping = false;
  #done: Promise<void> = Promise.resolve();

  constructor(pool: Pool, open: () => Promise<EventLink>, logger: Logger) {
    this.#pool = pool;
    this.#open = open;
    this.#logger = logger;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Ends after the batch that is being sent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
    await this.#closeLink();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let connection: PoolConnection | undefined;
      try {
        connection = await this.#pool.getConnection();
        if (await isOurs(connection)) await this.#relay(connection);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#logger.warn({ reason }, 'outbox not relayed, trying again');
        await this.#closeLink();
        await sleep(retryMs);
      } finally {
        // Not given back to the pool: the lock is to go with it.
        connection?.destroy();
      }
    }
  }

  async #relay(connection: PoolConnection): Promise<void> {
    this.#link ??= await this.#open();
    while (!this.#stopping) {
      const [rows] = await connection.query<(RowDataPacket & NotedEvent)[]>(
        'SELECT id, event FROM outbox ORDER BY id LIMIT ?',
        [rowsMax],
      );
      const batch = firstOfEachOrder(rows);
      if (batch.length === 0) {
        await sleep(idleMs);
        continue;
      }
      await this.#link.send(batch.map(({ event }) => event));
      // By id, not up to the last one: a transaction with a smaller id may have committed later.
      await connection.query('DELETE FROM outbox WHERE id IN (?)', [batch.map(({ id }) => id)]);
    }
  }

  async #closeLink(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.disconnect().catch(() => undefined);
  }
}

/**
 * An event goes out when Kafka has all earlier ones of its order: of two that are sent together,
 * the first could fail and the second arrive.
 */
export function firstOfEachOrder(rows: readonly NotedEvent[]): NotedEvent[] {
  const first = new Map<string, NotedEvent>();
  for (const row of rows) {
    if (!first.has(row.event.orderId)) first.set(row.event.orderId, row);
  }
  return [...first.values()];
}

/** The lock is named as the database is. */
async function isOurs(connection: PoolConnection): Promise<boolean> {
  const [rows] = await connection.query<(RowDataPacket & { ours: number })[]>(
    'SELECT GET_LOCK(DATABASE(), ?) AS ours',
    [lockWaitSeconds],
  );
  return rows[0]?.ours === 1;
}
