import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../src/storage/database.ts';
import { benchDatabase } from './benchDatabase.ts';
import { answerAll, callersCount } from './callers.ts';
import { onCleanUp } from './cleanUp.ts';
import type { Side } from './side.ts';

/** How a shop answers; opened anew for each run. */
export interface Way {
  /** Numbers to report, read at the end. */
  more(): Record<string, number>;
  close(): Promise<void>;
}

/** A shop that answers in the request, and what it is asked. */
export interface Shop<Work, OwnWay extends Way> {
  name: string;
  open(): Promise<OwnWay>;
  orders(work: Work): number;
  /** Commands in an order: 1, unless an order is more than a reservation. */
  commandsPerOrder: number;
  /** Makes its tables, with the stock. */
  fill(pool: Pool, work: Work): Promise<void>;
  /** Answers one order, by its number: true when it was granted. */
  answer(way: OwnWay, pool: Pool, work: Work, order: number): Promise<boolean>;
  check(pool: Pool, work: Work, granted: number): Promise<{ oversold: number; faults: string[] }>;
}

/**
 * So many callers at a time, each waiting for its answer, a connection for each. Timed from the
 * first call to the last answer. What is committed ends in an outbox table: nobody publishes it.
 */
export function callSide<Work, OwnWay extends Way>(shop: Shop<Work, OwnWay>): Side<Work> {
  return {
    name: shop.name,
    run: async (work, view) => {
      const database = await benchDatabase();
      const pool = openDatabase(database.settings, 'migrate', callersCount);
      const endPool = onCleanUp(() => pool.end());
      const way = await shop.open();
      const closeWay = onCleanUp(() => way.close());
      try {
        await shop.fill(pool, work);
        const orders = shop.orders(work);
        const show = view.bar(shop.name, orders);
        const answered = await answerAll(database, pool, orders, show, (order) =>
          shop.answer(way, pool, work, order),
        );
        view.endBar();
        const found = await shop.check(pool, work, answered.granted);
        const commands = orders * shop.commandsPerOrder;
        return { commands, ...answered, more: way.more(), ...found };
      } finally {
        await closeWay();
        await endPool();
        await database.close();
      }
    },
  };
}
