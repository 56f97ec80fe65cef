import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../src/storage/database.ts';
import { benchDatabase } from './benchDatabase.ts';
import { answerAll, callersCount } from './callers.ts';
import { onCleanUp } from './cleanUp.ts';
import { checkOrderShop, fillOrderShop } from './orderShop.ts';
import type { OrderSide } from './orderSide.ts';

/** How a shop answers an order; opened anew for each run. */
export interface OrderShopWay {
  /** SKUs ascend. True when every line was reserved; else none is. */
  place(pool: Pool, orderId: string, skus: readonly string[]): Promise<boolean>;
  /** Numbers to report, read at the end. */
  more(): Record<string, number>;
  close(): Promise<void>;
}

/**
 * A shop that places and reserves in the request. What it commits ends in its outbox table: nobody
 * publishes it.
 */
export function orderShopSide(
  name: 'source' | 'monolith',
  open: () => Promise<OrderShopWay>,
): OrderSide {
  return {
    name,
    run: async (workload, view) => {
      const database = await benchDatabase();
      const pool = openDatabase(database.settings, 'migrate', callersCount);
      const endPool = onCleanUp(() => pool.end());
      const way = await open();
      const closeWay = onCleanUp(() => way.close());
      try {
        await fillOrderShop(pool, workload);
        const { orders } = workload;
        const show = view.bar(name.padEnd(8), orders.length);
        const answered = await answerAll(database, pool, orders.length, show, (number) =>
          way.place(pool, `order-${number}`, orders[number] ?? []),
        );
        view.endBar();
        const found = await checkOrderShop(pool, workload, answered.granted);
        return { ...answered, more: way.more(), ...found };
      } finally {
        await closeWay();
        await endPool();
        await database.close();
      }
    },
  };
}
