import { expect } from 'chai';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import { openDatabase } from '../src/storage/database.ts';
import { type BenchDatabase, benchDatabase } from './benchDatabase.ts';
import { checkShop, fillShop } from './shopDatabase.ts';
import { endReservation, shopTransaction } from './shopTransaction.ts';
import type { Workload } from './workload.ts';

const workload: Workload = {
  name: 'spread',
  skus: ['A', 'B'],
  stock: [2, 1],
  orders: Uint32Array.of(0, 0, 1, 1),
  grantable: 3,
};

describe('the shop that onhand is compared with', () => {
  let database: BenchDatabase;
  let pool: Pool;

  before(async () => {
    database = await benchDatabase();
    pool = openDatabase(database.settings, 'migrate', 4);
    await fillShop(pool, workload);
  });

  after(async () => {
    await pool.end();
    await database.close();
  });

  it('grants at once what there is, and no more', async () => {
    const count = { retries: 0 };
    const orders = ['A', 'A', 'A', 'A', 'B', 'B'];
    const answers = await Promise.all(
      orders.map((sku, order) => shopTransaction(pool, sku, `order-${order}`, count)),
    );
    const granted = answers.filter((answer) => answer).length;
    expect(granted).to.equal(3);
    expect(await checkShop(pool, workload, granted)).to.deep.equal({ oversold: 0, faults: [] });
  });

  it('ends a reservation once: sold units leave, others are free again', async () => {
    const count = { retries: 0 };
    const end = (order: number, how: 'confirmed' | 'expired') =>
      endReservation(pool, 'A', `order-${order}`, how, count);
    const held = (await Promise.all([0, 1, 2, 3].map((order) => end(order, 'expired')))).filter(
      (ended) => ended,
    ).length;
    expect(held).to.equal(2);
    expect(await end(0, 'confirmed')).to.equal(false);
    expect(await shopTransaction(pool, 'A', 'order-9', count)).to.equal(true);
    expect(await end(9, 'confirmed')).to.equal(true);
    const [rows] = await pool.query<RowDataPacket[]>(
      `SELECT on_hand, reserved FROM shop_stock WHERE sku = 'A'`,
    );
    expect(rows).to.deep.equal([{ on_hand: 1, reserved: 0 }]);
  });

  it('is found out when it has promised too much', async () => {
    await pool.query(`INSERT INTO shop_reservations VALUES ('order-x', 'B', 2, 'held', 0)`);
    const { oversold, faults } = await checkShop(pool, workload, 3);
    expect(oversold).to.equal(2);
    expect(faults).to.include('units oversold: 2 instead of 0');
    expect(faults).to.include('units between stock and reservations: 2 instead of 0');
  });
});
