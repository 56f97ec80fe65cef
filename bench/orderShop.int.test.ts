import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import { openDatabase } from '../src/storage/database.ts';
import { type BenchDatabase, benchDatabase } from './benchDatabase.ts';
import { place as placeInOne } from './orderMonolithSide.ts';
import { checkOrderShop, fillOrderShop } from './orderShop.ts';
import { place as placeUnderLocks } from './orderSourceSide.ts';
import type { OrderWorkload } from './orderWorkload.ts';
import { RedisLock } from './redisLock.ts';

/** All want A and C, of which there are five and two; B is there for all. */
const workload: OrderWorkload = {
  skus: ['A', 'B', 'C'],
  stock: [5, 20, 2],
  orders: Array.from({ length: 8 }, () => ['A', 'B', 'C']),
  safe: 0,
};

type Place = (pool: Pool, orderId: string, skus: readonly string[]) => Promise<boolean>;

describe('the shops that orders of onhand are compared with', () => {
  let lock: RedisLock;
  before(async () => {
    lock = await RedisLock.open(loadSettings().values);
  });
  after(() => lock.close());

  const ways: Record<string, Place> = {
    monolith: (pool, orderId, skus) => placeInOne(pool, orderId, skus, { retries: 0 }),
    source: (pool, orderId, skus) => placeUnderLocks(lock, pool, orderId, skus, { retries: 0 }),
  };
  for (const [name, place] of Object.entries(ways)) {
    describe(name, () => {
      let database: BenchDatabase;
      let pool: Pool;
      before(async () => {
        database = await benchDatabase();
        pool = openDatabase(database.settings, 'migrate', 4);
        await fillOrderShop(pool, workload);
      });
      after(async () => {
        await pool.end();
        await database.close();
      });

      it('grants all lines of an order or none, at once, and no more than there is', async () => {
        const answers = await Promise.all(
          workload.orders.map((skus, number) => place(pool, `order-${number}`, skus)),
        );
        const granted = answers.filter((answer) => answer).length;
        expect(granted).to.equal(2);
        const found = await checkOrderShop(pool, workload, granted);
        expect(found).to.deep.equal({ oversold: 0, faults: [] });
      });

      it('is found out when half an order is held, or too much', async () => {
        await pool.query(`INSERT INTO shop_reservations VALUES ('order-x', 'C', 7, 'held', 0)`);
        const { oversold, faults } = await checkOrderShop(pool, { ...workload, safe: 8 }, 2);
        expect(oversold).to.be.at.least(7 - 2);
        expect(faults.join('\n'))
          .to.include('orders held in part: 1 instead of 0')
          .and.include('units between stock and reservations: 7 instead of 0')
          .and.include('although 8 lack nothing');
      });
    });
  }
});
