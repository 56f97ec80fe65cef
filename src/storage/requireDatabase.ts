import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import { requireOwnDatabase } from './installation.ts';
import { requireServer } from './requireServer.ts';
import { toStorageError } from './storageErrors.ts';
import type { Querying } from './together.ts';

/** CHECKs that what the engines write rests on. */
const checks = ['never_by_stale_owner', 'never_oversold', 'quantities_add_up'];

/**
 * Fails with a named error when the server is away, the password wrong, the schema missing or the
 * database another installation's; for those who write also when the server cannot keep what they
 * rely on.
 */
export async function requireDatabase(
  reader: Querying,
  settings: Settings,
  use: 'read' | 'write' = 'read',
): Promise<void> {
  try {
    await reader.query('SELECT 1 FROM progress LIMIT 0');
    await requireOwnDatabase(reader, settings);
    if (use === 'read') return;
    await requireServer(reader);
    await requireTransactions(reader);
    await requireChecks(reader);
  } catch (error) {
    throw toStorageError(error, settings);
  }
}

/** Throws MYSQL_ENGINE_WRONG when a table of the database would forget nothing on a roll back. */
export async function requireTransactions(reader: Querying): Promise<void> {
  const [rows] = await reader.query<(RowDataPacket & { name: string; engine: string })[]>(
    `SELECT table_name AS name, engine AS engine FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'
     ORDER BY table_name`,
  );
  const [first] = rows;
  if (!first) return;
  const tables = rows.map(({ name }) => name).join(', ');
  throw new OperationalError(
    'MYSQL_ENGINE_WRONG',
    `tables of engine ${first.engine}, which knows no transactions: ${tables}`,
    { hint: 'ALTER TABLE … ENGINE=InnoDB for each; drop what a failed migration left behind.' },
  );
}

async function requireChecks(reader: Querying): Promise<void> {
  const [rows] = await reader.query<(RowDataPacket & { name: string; enforced: string })[]>(
    `SELECT constraint_name AS name, enforced AS enforced FROM information_schema.table_constraints
     WHERE constraint_schema = DATABASE() AND constraint_type = 'CHECK' AND constraint_name IN (?)`,
    [checks],
  );
  const missing = checks.filter((check) => !rows.some(({ name }) => name === check));
  if (missing.length > 0) {
    throw new OperationalError(
      'MYSQL_SCHEMA_MISSING',
      `CHECKs are missing: ${missing.join(', ')}`,
      {
        hint: 'Run `onhand migrate`: the database was made by an older release.',
      },
    );
  }
  const idle = rows.filter(({ enforced }) => enforced !== 'YES').map(({ name }) => name);
  if (idle.length === 0) return;
  throw new OperationalError(
    'MYSQL_CHECKS_NOT_ENFORCED',
    `the server does not enforce CHECKs that stock rests on: ${idle.join(', ')}`,
    { hint: 'ALTER TABLE … ALTER CHECK … ENFORCED for each.' },
  );
}
