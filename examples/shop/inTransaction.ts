import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection } from 'mysql2/promise';

const triesMax = 5;
const pauseMs = 20;
/** The server chose us to end a deadlock or a wait: the same once more. */
const again = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/** Runs `work` in one local transaction: all of it or nothing. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await once(pool, work);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!again.has(code) || tries === triesMax) throw error;
      await sleep(pauseMs * tries);
    }
  }
}

async function once<Result>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const result = await work(connection);
    await connection.commit();
    connection.release();
    return result;
  } catch (error) {
    // Whatever its state is: a broken connection rolls back at the server.
    connection.destroy();
    throw error;
  }
}
