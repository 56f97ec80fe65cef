import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { openConnection } from './database.ts';
import { patientSession } from './session.ts';

const header = `\
-- What the migrations make of an empty database. Nobody runs this file: it is for reading, and a
-- test compares it with the real thing. After a change of migrations/ renew it with
-- npm run schema:dump
`;

/** The CREATE TABLE statements of our tables in the settings' database, by table name. */
export async function dumpSchema(settings: Settings): Promise<string> {
  const connection = await openConnection(settings, 'migrate', patientSession);
  try {
    const [tables] = await connection.query<(RowDataPacket & { name: string })[]>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = DATABASE() AND table_name NOT LIKE 'knex%' ORDER BY table_name`,
    );
    const statements: string[] = [];
    for (const { name } of tables) {
      const [rows] = await connection.query<RowDataPacket[]>('SHOW CREATE TABLE ??', [name]);
      const statement = String(rows[0]?.['Create Table']);
      // A counter is data, not schema.
      statements.push(`${statement.replace(/ AUTO_INCREMENT=\d+/, '')};\n`);
    }
    return [header, ...statements].join('\n');
  } finally {
    await connection.end();
  }
}
