import { type Connection, createConnection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions } from '../storage/database.ts';
import { toStorageError } from '../storage/storageErrors.ts';

/** A connection that sees all tables as they are at one moment, for as long as it is open. */
export async function openSnapshot(settings: Settings): Promise<Connection> {
  try {
    const connection = await createConnection(connectionOptions(settings, 'read'));
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    return connection;
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
