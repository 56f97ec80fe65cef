import type { Pool, RowDataPacket } from 'mysql2/promise';
import { StockClient } from '../producers/stockClient.ts';
import { openDatabase } from '../src/storage/database.ts';
import { benchDatabase } from './benchDatabase.ts';
import { benchInstallation } from './benchInstallation.ts';
import { openAll } from './callers.ts';
import { onCleanUp } from './cleanUp.ts';
import { receiveAll, sendCommands } from './preload.ts';
import { fillShop } from './shopDatabase.ts';
import { shopWays } from './shopWays.ts';
import { WorkerProcess } from './workerProcess.ts';

/** Far below the connections that the stack's MySQL takes; a service has a pool with an end. */
export const connectionsMax = 192;
/** A call must be able to wait its turn among a thousand others. */
const deadlineMs = 60_000;

/** Somebody who answers reservations of one unit, until it is closed. */
export interface Answering {
  /** True when it was granted. */
  reserve(sku: string, orderId: string): Promise<boolean>;
  /** Units that MySQL says are reserved. */
  reserved(): Promise<number>;
  close(): Promise<void>;
}

/** How to set somebody up who has that stock. */
export interface CallersSide {
  name: string;
  open(skus: string[], stock: number[]): Promise<Answering>;
}

/** The upstream client, and a processor with all lanes: Kafka there, Kafka back. */
export const onhandCallers: CallersSide = {
  name: 'onhand',
  open: async (skus, stock) => {
    const at = await benchInstallation();
    const worker = new WorkerProcess(at);
    const client = new StockClient(at.settings, at.logger, { deadlineMs });
    await client.start();
    const closeClient = onCleanUp(() => client.close());
    await worker.claimed(2 * at.settings.ONHAND_PARTITIONS);
    await sendCommands(at, receiveAll({ skus, stock }));
    return {
      reserve: async (sku, orderId) =>
        (await client.reserve({ sku, orderId, quantity: 1 })).granted,
      reserved: () => sumOf(at.pool, 'SELECT SUM(reserved) AS units FROM stock_levels'),
      close: async () => {
        await closeClient();
        await worker.stop();
        await at.close();
      },
    };
  },
};

/** A shop that answers in the request, with a connection per caller as long as there are enough. */
export function shopCallers(name: keyof typeof shopWays): CallersSide {
  return {
    name,
    open: async (skus, stock) => {
      const database = await benchDatabase();
      const pool = openDatabase(database.settings, 'migrate', connectionsMax);
      const endPool = onCleanUp(() => pool.end());
      const way = await shopWays[name]();
      const closeWay = onCleanUp(() => way.close());
      await fillShop(pool, { skus, stock });
      await openAll(pool, connectionsMax);
      return {
        reserve: (sku, orderId) => way.reserve(pool, sku, orderId),
        reserved: () => sumOf(pool, 'SELECT SUM(reserved) AS units FROM shop_stock'),
        close: async () => {
          await closeWay();
          await endPool();
          await database.close();
        },
      };
    },
  };
}

async function sumOf(pool: Pool, sql: string): Promise<number> {
  const [rows] = await pool.query<(RowDataPacket & { units: string | null })[]>(sql);
  return Number(rows[0]?.units ?? 0);
}
