import type { Benchmark, ResultTable } from '../../benchmark.ts';
import { costTable } from '../../costTable.ts';
import { orderOnhandSide } from '../../orderOnhandSide.ts';
import { makeOrderWorkload } from '../../orderWorkload.ts';
import { rateOf, rateTable } from '../../rateTable.ts';
import { faultsOf, inRounds } from '../../rounds.ts';
import type { SideRun } from '../../side.ts';
import { spreadText } from '../../latencyTable.ts';
import { javaProgram } from '../javaProgram.ts';
import { licenceNote, rivalLicences } from '../licences.ts';
import { seataSide } from './seataSide.ts';

const global = 'seata AT';
const local = 'one local transaction';

/** Orders per run: each side is kept busy for some seconds on two slow cores. */
const counts: Record<string, number> = { onhand: 8000, [global]: 3000, [local]: 16_000 };

const title = 'orders of 3 lines on 1,000 SKUs, order and stock in two schemas';

const rateNote = `onhand: as in orders, Kafka to Kafka, with an outbox and a verdict per order.
${global}: a global transaction with four branches, the insert of the order and a guarded UPDATE
per line; refused orders are rolled back; no reservation, no outbox row, no event; coordinator with
its defaults (store mode file), lock retry 30 x 10 ms. ${local}: the same program and
statements, committed at once by one MySQL. Both: 64 callers, from the first call to the last
answer, in a fresh Java. Not the newest Seata, but the newest whose server is published as an
artifact. ${licenceNote([rivalLicences.seata])}.`;

const callerNote = `Closed loop, 64 callers: from call to answer. A try fails by a conflict of
locks, a deadlock or a time-out; it is made again at once, 100 times at most; all is in the time.`;

export const rivalSeata: Benchmark = {
  name: 'rival-seata',
  description: 'orders of three lines: onhand and Seata AT (built by Maven)',
  usual: false,
  run: async (scale, view) => {
    const progress = (message: string) => view.step(`seata: ${message}`);
    const server = await javaProgram('seata/server', progress);
    const programs = { server, client: await javaProgram('seata/client', progress) };
    const runs = await inRounds(
      'seata',
      scale,
      view,
      () => [
        orderOnhandSide(),
        seataSide(global, 'global', programs),
        seataSide(local, 'local', programs),
      ],
      (side) => makeOrderWorkload((counts[side] ?? 0) * scale.factor),
    );
    const median = (side: string) => rateOf(runs.get(side) ?? []).median;
    return {
      name: 'rival-seata',
      tables: [
        rateTable(runs, { title, unit: 'orders', note: rateNote }),
        callerTable(runs),
        costTable(runs, 'orders'),
      ],
      figures: [
        {
          what: 'orders of 3 lines: onhand / Seata AT',
          value: median('onhand') / median(global),
          unit: 'x',
          least: 10,
        },
      ],
      faults: faultsOf('seata', runs),
      data: Object.fromEntries(runs),
    };
  },
};

function callerTable(runs: ReadonlyMap<string, SideRun[]>): ResultTable {
  const rows = [global, local].map((side) => {
    const own = runs.get(side) ?? [];
    const values = (name: string) => own.map(({ more }) => more[name] ?? NaN);
    const sum = (name: string) => values(name).reduce((total, value) => total + value, 0);
    return [
      side,
      spreadText(values('p50')),
      spreadText(values('p99')),
      sum('failedTries'),
      sum('failed'),
    ];
  });
  const head = ['side', 'p50 ms (min..max)', 'p99 ms', 'failed tries', 'failed orders'];
  return { title: 'order → answer', head, rows, note: callerNote };
}
