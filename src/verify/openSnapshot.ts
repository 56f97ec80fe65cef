import type { Connection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { openConnection } from '../storage/database.ts';
import { patientSession } from '../storage/session.ts';
import { toStorageError } from '../storage/storageErrors.ts';

/** A connection that sees all tables as they are at one moment, for as long as it is open. */
export async function openSnapshot(settings: Settings): Promise<Connection> {
  try {
    const session = { ...patientSession, isolation: 'REPEATABLE-READ' } as const;
    const connection = await openConnection(settings, 'read', session);
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    return connection;
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
