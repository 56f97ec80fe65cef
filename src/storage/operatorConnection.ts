import { type Connection, createConnection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions } from './database.ts';
import { toStorageError } from './storageErrors.ts';

/**
 * A connection of the user that mends rows: not one of a pool, because locks and shadow tables are
 * bound to it. It reads committed rows and waits long for row locks. Throws MYSQL_* errors.
 */
export async function operatorConnection(settings: Settings): Promise<Connection> {
  try {
    const connection = await createConnection(connectionOptions(settings, 'operator'));
    // It may stand still while the log is read or a person thinks.
    await connection.query(
      `SET SESSION transaction_isolation = 'READ-COMMITTED', SESSION sql_mode = 'TRADITIONAL',
         SESSION innodb_lock_wait_timeout = 50, SESSION wait_timeout = 86400`,
    );
    return connection;
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
