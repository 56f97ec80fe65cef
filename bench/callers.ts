import type { Pool, PoolConnection } from 'mysql2/promise';
import type { BenchDatabase } from './benchDatabase.ts';
import { CostMeter } from './costMeter.ts';
import type { SideRun } from './side.ts';

export const callersCount = 64;

/**
 * Lets so many callers at a time have orders answered, each waiting for its answer. Timed from the
 * first call to the last answer. `answer` is given an order's number; true when it was granted.
 */
export async function answerAll(
  database: BenchDatabase,
  pool: Pool,
  orders: number,
  show: (answered: number) => void,
  answer: (order: number) => Promise<boolean>,
): Promise<Pick<SideRun, 'seconds' | 'granted' | 'refused' | 'cost'>> {
  await openAll(pool, callersCount);
  let [next, granted, refused] = [0, 0, 0];
  const call = async () => {
    for (let order = next++; order < orders; order = next++) {
      if (await answer(order)) granted++;
      else refused++;
      if (order % 500 === 0) show(order);
    }
  };
  const meter = await CostMeter.open(database.pool, ['mysql', 'redis']);
  await meter.start();
  const begun = performance.now();
  await Promise.all(Array.from({ length: callersCount }, call));
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, granted, refused, cost: await meter.stop() };
}

/** Opens so many connections before the clock runs. */
export async function openAll(pool: Pool, connectionsCount: number): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: connectionsCount }, () => pool.getConnection()),
  );
  connections.forEach((connection: PoolConnection) => connection.release());
}
