import type { Connection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { openConnection } from './database.ts';
import { patientSession } from './session.ts';
import { toStorageError } from './storageErrors.ts';

/**
 * A connection of the user that mends rows: not one of a pool, because locks and shadow tables are
 * bound to it. It reads committed rows and waits long for row locks. Throws MYSQL_* errors.
 */
export async function operatorConnection(settings: Settings): Promise<Connection> {
  try {
    return await openConnection(settings, 'operator', patientSession);
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
