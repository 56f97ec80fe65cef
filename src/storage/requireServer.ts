import type { RowDataPacket } from 'mysql2/promise';
import { OperationalError } from '../ops/errors.ts';
import type { Querying } from './together.ts';

/** The first release with row aliases; those before 8.0.16 read CHECKs and forget them. */
const oldest = [8, 0, 19] as const;

const asked = ['version', 'log_bin', 'binlog_format', 'read_only', 'innodb_read_only'] as const;
type Variables = Partial<Record<(typeof asked)[number], string>>;

/**
 * Refuses by name a server that cannot keep what we write: MYSQL_VERSION_UNSUPPORTED,
 * MYSQL_READ_ONLY, MYSQL_BINLOG_FORMAT.
 */
export async function requireServer(reader: Querying): Promise<void> {
  // SHOW, because a variable that a release does not have is no error there.
  const [rows] = await reader.query<(RowDataPacket & { Variable_name: string; Value: string })[]>(
    'SHOW SESSION VARIABLES WHERE Variable_name IN (?)',
    [asked],
  );
  const found: Variables = Object.fromEntries(
    rows.map(({ Variable_name: name, Value: value }) => [name, value]),
  );
  requireVersion(found.version ?? 'unknown');
  const readOnly = (['read_only', 'innodb_read_only'] as const).find((name) => isOn(found[name]));
  if (readOnly) {
    throw new OperationalError('MYSQL_READ_ONLY', `the server takes no writes (${readOnly})`, {
      hint: 'Point ONHAND_MYSQL_HOST at the server that is written to, not at a replica.',
    });
  }
  if (isOn(found.log_bin) && found.binlog_format === 'STATEMENT') {
    throw new OperationalError(
      'MYSQL_BINLOG_FORMAT',
      'binlog_format is STATEMENT, with which InnoDB takes no writes at READ COMMITTED',
      { hint: 'SET PERSIST binlog_format = ROW on the server, then start again.' },
    );
  }
}

/** Throws MYSQL_VERSION_UNSUPPORTED for what `VERSION()` says. */
export function requireVersion(version: string): void {
  const numbers = version.split(/[.-]/, 3).map(Number);
  const at = oldest.findIndex((number, index) => numbers[index] !== number);
  const isOld = at >= 0 && !((numbers[at] ?? 0) > (oldest[at] ?? 0));
  if (!isOld && !/mariadb/i.test(version)) return;
  throw new OperationalError(
    'MYSQL_VERSION_UNSUPPORTED',
    `the server is ${version}; MySQL ${oldest.join('.')} or newer is needed`,
    { hint: 'MariaDB is another server: it lacks row aliases, and CHECKs can be switched off.' },
  );
}

function isOn(value: string | undefined): boolean {
  return value === 'ON' || value === '1';
}
