import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../storage/database.ts';
import { type TestDatabase, testDatabase } from './testDatabase.ts';

/** A database for many runs of a property, each of which begins with these tables empty. */
export interface EmptiedDatabase extends TestDatabase {
  empty(): Promise<void>;
}

export async function emptiedDatabase(tables: readonly string[]): Promise<EmptiedDatabase> {
  const database = await testDatabase();
  const emptying = await createConnection(connectionOptions(database.settings, 'migrate'));
  return {
    ...database,
    empty: async () => {
      for (const table of tables) await emptying.query('DELETE FROM ??', [table]);
    },
    close: async () => {
      await emptying.end();
      await database.close();
    },
  };
}
