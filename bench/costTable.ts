import type { Cell } from '../src/ops/textTable.ts';
import type { ResultTable } from './benchmark.ts';
import type { Cost } from './costMeter.ts';
import type { SideRun } from './side.ts';
import { spreadOf } from './statistics.ts';

/** What each side takes per 1,000 commands or orders: medians over the rounds. */
export function costTable(
  runs: ReadonlyMap<string, SideRun[]>,
  unit: 'commands' | 'orders',
): ResultTable {
  const sides = [...runs.keys()];
  const row = (what: string, of: (cost: Cost) => number | undefined): Cell[] => {
    const cells = [...runs.values()].map((own): Cell => {
      const values = own.map(({ cost, commands }) => ((of(cost) ?? NaN) / commands) * 1000);
      if (values.some(Number.isNaN)) return '-';
      return round(spreadOf(values).median);
    });
    return [what, ...cells];
  };
  const processes = new Set(
    [...runs.values()].flat().flatMap(({ cost }) => Object.keys(cost.cpuSeconds)),
  );
  const cpu = [...processes].map((process) =>
    row(
      `CPU ms, ${process}`,
      ({ cpuSeconds }) => cpuSeconds[process] && cpuSeconds[process] * 1000,
    ),
  );
  return {
    note: `Medians. clients: callers, or the reader of the events. All that ran on these
servers counts. Binlog syncs, one per group of commits, come on top of the InnoDB fsyncs.`,
    title: `cost per 1,000 ${unit}`,
    head: ['', ...sides],
    rows: [
      row('MySQL statements', ({ statements }) => statements),
      row('commits', ({ commits }) => commits),
      row('InnoDB fsyncs', ({ fsyncs }) => fsyncs),
      row('rows written', ({ rowsWritten }) => rowsWritten),
      row('MiB written by InnoDB', ({ mebibytesWritten }) => mebibytesWritten),
      row('Kafka requests of the side', ({ kafka }) => kafka?.requests),
      row('Kafka KiB of the side', ({ kafka }) => kafka && kafka.bytes / 1024),
      ...cpu,
      row('CPU ms, all', ({ cpuSeconds }) => {
        return 1000 * Object.values(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0);
      }),
    ],
  };
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
