import type { Pool, PoolConnection } from 'mysql2/promise';
import { openDatabase } from '../src/storage/database.ts';
import { benchDatabase } from './benchDatabase.ts';
import { onCleanUp } from './cleanUp.ts';
import { CostMeter } from './costMeter.ts';
import { checkShop, fillShop } from './shopDatabase.ts';
import type { Side } from './side.ts';

export const callersCount = 64;

/** Answers one order: true when it was granted. */
export type Reserve = (pool: Pool, sku: string, orderId: string) => Promise<boolean>;

/** How a shop reserves stock; opened anew for each run. */
export interface ShopWay {
  reserve: Reserve;
  /** Numbers to report, read at the end. */
  more(): Record<string, number>;
  close(): Promise<void>;
}

/**
 * A shop that reserves in the request: so many callers at a time, each waiting for its answer, a
 * connection for each. Timed from the first call to the last answer. What it commits ends in its
 * outbox table: nobody publishes it.
 */
export function shopSide(name: 'source' | 'guarded', open: () => Promise<ShopWay>): Side {
  return {
    name,
    run: async (workload, view) => {
      const database = await benchDatabase();
      const pool = openDatabase(database.settings, 'migrate', callersCount);
      const endPool = onCleanUp(() => pool.end());
      const way = await open();
      const closeWay = onCleanUp(() => way.close());
      try {
        await fillShop(pool, workload);
        await openAll(pool);
        const { orders, skus } = workload;
        let [next, granted, refused] = [0, 0, 0];
        const show = view.bar(name.padEnd(7), orders.length);
        const call = async () => {
          for (let order = next++; order < orders.length; order = next++) {
            const sku = skus[orders[order] ?? 0] ?? '';
            if (await way.reserve(pool, sku, `order-${order}`)) granted++;
            else refused++;
            if (order % 500 === 0) show(order);
          }
        };
        const meter = await CostMeter.open(database.pool, ['mysql', 'redis']);
        await meter.start();
        const begun = performance.now();
        await Promise.all(Array.from({ length: callersCount }, call));
        const seconds = (performance.now() - begun) / 1000;
        const cost = await meter.stop();
        view.endBar();
        const found = await checkShop(pool, workload, granted);
        const more = way.more();
        return { commands: orders.length, seconds, granted, refused, cost, more, ...found };
      } finally {
        await closeWay();
        await endPool();
        await database.close();
      }
    },
  };
}

/** Opens every connection before the clock runs. */
async function openAll(pool: Pool): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: callersCount }, () => pool.getConnection()),
  );
  connections.forEach((connection: PoolConnection) => connection.release());
}
