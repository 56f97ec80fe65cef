import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { type RowDataPacket, createConnection } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import { packageVersion } from '../src/config/packageVersion.ts';
import type { Facts } from '../src/docs/benchResults.ts';
import { connectionOptions } from '../src/storage/database.ts';
import { toStorageError } from '../src/storage/storageErrors.ts';
import { stackStatus } from '../stack/stackStatus.ts';
import { BenchError } from './benchError.ts';
import { callersCount } from './callers.ts';

const variables = [
  'version',
  'innodb_flush_log_at_trx_commit',
  'sync_binlog',
  'log_bin',
  'binlog_format',
  'innodb_doublewrite',
  'innodb_flush_method',
  'innodb_buffer_pool_size',
  'innodb_redo_log_capacity',
];

/** Throws MYSQL_* errors, and BenchError when MySQL does not keep what it has committed. */
export async function readFacts(): Promise<Facts> {
  const { values: settings } = loadSettings();
  const mysql = await mysqlVariables();
  if (mysql.innodb_flush_log_at_trx_commit !== '1' || mysql.sync_binlog !== '1') {
    throw new BenchError(
      'MySQL is not set to keep what it has committed',
      'Set innodb_flush_log_at_trx_commit and sync_binlog to 1: faster figures would mean nothing.',
    );
  }
  const servers = (await stackStatus()).map(({ server, version, mode }) => {
    return [server, `${version || 'version unknown'} (${mode})`] as const;
  });
  const cores = cpus();
  return {
    machine: {
      cpu: `${cores.length} x ${cores[0]?.model ?? 'unknown'}`,
      memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
      system: `${type()} ${release()}`,
      'load average before': (loadavg()[0] ?? 0).toFixed(2),
    },
    software: { onhand: packageVersion, node: process.version, ...Object.fromEntries(servers) },
    mysql,
    onhand: {
      partitions: String(settings.ONHAND_PARTITIONS),
      'commands a transaction at most': String(settings.ONHAND_SLICE_COMMANDS_MAX),
      processes: '1',
      events: 'Kafka transactions, acks all',
    },
    shop: {
      callers: String(callersCount),
      'lock retry': '20 to 50 ms at random, for ever',
      isolation: 'READ COMMITTED',
    },
  };
}

async function mysqlVariables(): Promise<Record<string, string>> {
  const { values: settings } = loadSettings();
  try {
    const { database: _, ...options } = connectionOptions(settings, 'read');
    const connection = await createConnection(options);
    try {
      const [rows] = await connection.query<
        (RowDataPacket & { Variable_name: string; Value: string })[]
      >('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [variables]);
      return Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
