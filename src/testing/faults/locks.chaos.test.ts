import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../storage/database.ts';
import { type FaultRig, faultRig, itInFull } from './faultRig.ts';
import type { Worker } from './worker.ts';

describe('a foreign session in the tables', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  let worker: Worker;
  let foreign: Connection;
  let sku: string;
  let lane: number;
  beforeEach(async () => {
    rig = await faultRig();
    rig.startLoad();
    worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    foreign = await createConnection(connectionOptions(rig.settings, 'migrate'));
    await worker.until('a stock item', async () => (await firstLevel()) !== undefined, 60_000);
    ({ sku, lane } = (await firstLevel())!);
  });
  afterEach(async () => {
    foreign?.destroy();
    await rig?.close();
  });

  const firstLevel = async () => {
    const [rows] = await rig.pool.query<(RowDataPacket & { sku: string; lane: number })[]>(
      'SELECT sku, lane FROM stock_levels ORDER BY lane, sku LIMIT 1',
    );
    return rows[0];
  };
  const reasons = () =>
    worker
      .said('slice not applied')
      .map(({ reason }) => String(reason))
      .join('\n');

  itInFull(
    'that holds a row: lock waits run out, the slice is tried again until it goes',
    async () => {
      await foreign.query('START TRANSACTION');
      await foreign.query('SELECT * FROM stock_levels WHERE lane = ? AND sku = ? FOR UPDATE', [
        lane,
        sku,
      ]);
      await worker.until('a lock wait', () => reasons().length > 0, 60_000);
      await foreign.query('ROLLBACK');
      expect(reasons()).to.include('Lock wait timeout exceeded; try restarting transaction');
      await rig.expectExact();
    },
  );

  it('that locks the other way round: the deadlock’s victim tries again', async () => {
    // InnoDB ends the transaction that has changed less.
    await foreign.query('CREATE TABLE heavy (id INT PRIMARY KEY) SELECT 1 AS id');
    await foreign.query('START TRANSACTION');
    const rows = Array.from({ length: 5000 }, (_, id) => [id + 2]);
    await foreign.query('INSERT INTO heavy VALUES ?', [rows]);
    await foreign.query('SELECT * FROM stock_levels WHERE lane = ? AND sku = ? FOR UPDATE', [
      lane,
      sku,
    ]);
    await worker.until('a worker that waits', isStuck, 60_000);
    await foreign.query('SELECT * FROM progress WHERE lane = ? FOR UPDATE', [lane]);
    await foreign.query('ROLLBACK');
    await worker.until('a deadlock', () => reasons().length > 0, 5000);
    expect(reasons()).to.include(
      'Deadlock found when trying to get lock; try restarting transaction',
    );
    await rig.expectExact();
  });

  /** The lane's progress row is locked, and stays so: by a slice that waits for the stock item. */
  const isStuck = async () => {
    for (let look = 0; look < 5; look++, await sleep(50)) {
      try {
        await rig.pool.query('SELECT * FROM progress WHERE lane = ? FOR UPDATE NOWAIT', [lane]);
        return false;
      } catch (error) {
        if ((error as { code?: string }).code !== 'ER_LOCK_NOWAIT') throw error;
      }
    }
    return true;
  };
});
