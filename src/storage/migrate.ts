import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import createKnex from 'knex';
import type { Connection as DriverConnection } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions, openConnection } from './database.ts';
import { grantTables } from './grantTables.ts';
import { requireOwnDatabase } from './installation.ts';
import { requireTransactions } from './requireDatabase.ts';
import { requireServer } from './requireServer.ts';
import { openSession, patientSession } from './session.ts';
import { toStorageError } from './storageErrors.ts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Numbered files of `migrations/`, known by their names without an ending, compiled or not. */
class MigrationFiles implements Knex.MigrationSource<string> {
  async getMigrations(): Promise<string[]> {
    const files = await readdir(folder);
    return files.filter((file) => /^\d{3}_\w+\.js$/.test(file)).sort();
  }

  getMigrationName(file: string): string {
    return file.replace(/\.js$/, '');
  }

  async getMigration(file: string): Promise<Knex.Migration> {
    return (await import(join(folder, file))) as Knex.Migration;
  }
}

/** What a migration run did, or (dry run) would do. */
export interface MigrationResult {
  applied: string[];
  pending: string[];
}

/**
 * Brings the schema up to date and gives the app and read users their rights, table by table.
 * Does nothing when all is done. Throws MYSQL_* errors.
 */
export async function migrate(settings: Settings, dryRun = false): Promise<MigrationResult> {
  const migrationSource = new MigrationFiles();
  // knex would take the connection's collation for the character set of its own tables.
  const { charset: _, ...connection } = connectionOptions(settings, 'migrate');
  const knex = createKnex({
    client: 'mysql2',
    connection,
    pool: { min: 0, max: 1, afterCreate: openKnexSession },
    migrations: { migrationSource },
    // What goes wrong is thrown, and told once.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });
  try {
    await requireFitServer(settings);
    const [, waiting] = (await knex.migrate.list()) as [unknown, string[]];
    const pending = waiting.map((file) => migrationSource.getMigrationName(file));
    if (dryRun) return { applied: [], pending };
    await knex.migrate.latest();
    await grantTables(knex, settings);
    return { applied: pending, pending: [] };
  } catch (error) {
    throw toStorageError(error, settings);
  } finally {
    await knex.destroy();
  }
}

function openKnexSession(connection: DriverConnection, done: (error?: unknown) => void): void {
  openSession(connection.promise(), patientSession).then(() => done(), done);
}

/** Before the first table is made: what is made half is hard to mend. */
async function requireFitServer(settings: Settings): Promise<void> {
  const connection = await openConnection(settings, 'migrate', patientSession);
  try {
    await requireServer(connection);
    await requireTransactions(connection);
    const [marks] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE 'installation'");
    if (marks.length > 0) await requireOwnDatabase(connection, settings);
  } finally {
    await connection.end();
  }
}

function ignore(): void {
  // Nothing is logged here.
}
