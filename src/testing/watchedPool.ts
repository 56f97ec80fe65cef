import type { Pool } from 'mysql2/promise';

/** A pool of which each statement is shown before it is sent; it waits for what that returns. */
export function watchedPool(pool: Pool, onQuery: (sql: string) => void | Promise<void>): Pool {
  const watched = {
    query: async (sql: string, values?: unknown[]) => {
      await onQuery(sql);
      return pool.query(sql, values);
    },
    getConnection: async () => {
      const connection = await pool.getConnection();
      const query = async (sql: string) => {
        await onQuery(sql);
        return connection.query(sql);
      };
      const release = () => connection.release();
      return { query, release, destroy: () => connection.destroy() };
    },
  };
  return watched as unknown as Pool;
}
