import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../src/storage/database.ts';
import { benchDatabase } from './benchDatabase.ts';
import { answerAll, callersCount } from './callers.ts';
import { onCleanUp } from './cleanUp.ts';
import { checkShop, fillShop } from './shopDatabase.ts';
import type { Side } from './side.ts';

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
        const { orders, skus } = workload;
        const show = view.bar(name.padEnd(7), orders.length);
        const answered = await answerAll(database, pool, orders.length, show, (order) =>
          way.reserve(pool, skus[orders[order] ?? 0] ?? '', `order-${order}`),
        );
        view.endBar();
        const found = await checkShop(pool, workload, answered.granted);
        return { ...answered, more: way.more(), ...found };
      } finally {
        await closeWay();
        await endPool();
        await database.close();
      }
    },
  };
}
