import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { ServerName } from '../stack/stackState.ts';
import { stackStatus } from '../stack/stackStatus.ts';
import type { KafkaTraffic } from './kafkaTraffic.ts';
import { cpuSecondsOf } from './processCost.ts';

/** What a run took of the machine and of MySQL. */
export interface Cost {
  /** Statements that clients sent; those of the measurement itself are in it, a handful. */
  statements: number;
  commits: number;
  rowsWritten: number;
  /** InnoDB's, redo log included. The binlog's, one per group of commits, are not counted. */
  fsyncs: number;
  /** Redo log and data files. */
  mebibytesWritten: number;
  /** Exchanged with Kafka by the side's own process; undefined where nobody has counted. */
  kafka?: KafkaTraffic;
  /** CPU seconds by process; those that run elsewhere or in containers are missing. */
  cpuSeconds: Record<string, number>;
}

const counters = {
  statements: ['Questions'],
  commits: ['Com_commit'],
  rowsWritten: ['Innodb_rows_inserted', 'Innodb_rows_updated', 'Innodb_rows_deleted'],
  fsyncs: ['Innodb_data_fsyncs'],
  mebibytesWritten: ['Innodb_data_written'],
} as const;

type Counters = Record<keyof typeof counters, number>;

/** Counts from its start to its stop. Everything else on these servers counts, too. */
export class CostMeter {
  readonly #pool: Pool;
  readonly #pids: Record<string, number>;
  #counters: Counters | undefined;
  #cpu: Record<string, number> = {};

  private constructor(pool: Pool, pids: Record<string, number>) {
    this.#pool = pool;
    this.#pids = pids;
  }

  /** Watches these servers of the stack, and this process as `clients`. */
  static async open(pool: Pool, servers: readonly ServerName[]): Promise<CostMeter> {
    const pids: Record<string, number> = { clients: process.pid };
    for (const { server, pid } of await stackStatus()) {
      if (pid !== undefined && servers.includes(server)) pids[server] = pid;
    }
    return new CostMeter(pool, pids);
  }

  /** Begins to count; other processes, by their name and pid, can be watched, too. */
  async start(processes: Record<string, number> = {}): Promise<void> {
    Object.assign(this.#pids, processes);
    this.#counters = await readCounters(this.#pool);
    this.#cpu = cpuSeconds(this.#pids);
  }

  async stop(): Promise<Cost> {
    const cpu = Object.entries(cpuSeconds(this.#pids)).map(([name, seconds]) => {
      return [name, seconds - (this.#cpu[name] ?? 0)] as const;
    });
    const after = await readCounters(this.#pool);
    const before = this.#counters ?? after;
    return {
      statements: after.statements - before.statements,
      commits: after.commits - before.commits,
      rowsWritten: after.rowsWritten - before.rowsWritten,
      fsyncs: after.fsyncs - before.fsyncs,
      mebibytesWritten: (after.mebibytesWritten - before.mebibytesWritten) / 1024 ** 2,
      cpuSeconds: Object.fromEntries(cpu),
    };
  }
}

function cpuSeconds(pids: Record<string, number>): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pids)) {
    const used = cpuSecondsOf(pid);
    if (used !== undefined) seconds[name] = used;
  }
  return seconds;
}

async function readCounters(pool: Pool): Promise<Counters> {
  const [rows] =
    await pool.query<(RowDataPacket & { Variable_name: string; Value: string })[]>(
      'SHOW GLOBAL STATUS',
    );
  const values = new Map(rows.map((row) => [row.Variable_name, Number(row.Value)]));
  const sums = Object.entries(counters).map(([name, variables]) => {
    return [name, variables.reduce((sum, variable) => sum + (values.get(variable) ?? 0), 0)];
  });
  return Object.fromEntries(sums) as Counters;
}
