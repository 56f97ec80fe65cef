import type { Connection, RowDataPacket } from 'mysql2/promise';

const tables = ['stock_levels', 'reservations', 'outbox', 'orders', 'parked_commands', 'progress'];

/** The engines' tables as they were, so that a test may spoil them as often as it likes. */
export class KeptTables {
  readonly #connection: Connection;
  readonly #columns: ReadonlyMap<string, string[]>;

  private constructor(connection: Connection, columns: ReadonlyMap<string, string[]>) {
    this.#connection = connection;
    this.#columns = columns;
  }

  /** Copies them to `kept_…`; the user of migrations may do that. */
  static async keep(connection: Connection, kept = tables): Promise<KeptTables> {
    const columns = new Map<string, string[]>();
    for (const table of kept) {
      await connection.query('CREATE TABLE ?? SELECT * FROM ??', [`kept_${table}`, table]);
      columns.set(table, await writtenColumns(connection, table));
    }
    return new KeptTables(connection, columns);
  }

  /** All of an installation's, also those that say what is published and what operators did. */
  static async keepAll(connection: Connection): Promise<KeptTables> {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'",
    );
    const names = rows.map((row) => String(Object.values(row)[0]));
    return KeptTables.keep(
      connection,
      names.filter((name) => !name.startsWith('knex_')),
    );
  }

  /** In one transaction, as a restored dump appears at once. */
  async restoreAtOnce(): Promise<void> {
    await this.#connection.beginTransaction();
    await this.restore();
    await this.#connection.commit();
  }

  async restore(): Promise<void> {
    for (const [table, columns] of this.#columns) {
      await this.#connection.query('DELETE FROM ??', [table]);
      await this.#connection.query('INSERT INTO ?? (??) SELECT ?? FROM ??', [
        table,
        columns,
        columns,
        `kept_${table}`,
      ]);
    }
  }
}

async function writtenColumns(connection: Connection, table: string): Promise<string[]> {
  const [columns] = await connection.query<(RowDataPacket & { Field: string; Extra: string })[]>(
    'SHOW COLUMNS FROM ??',
    [table],
  );
  return columns.flatMap(({ Field, Extra }) => (Extra.includes('GENERATED') ? [] : [Field]));
}
