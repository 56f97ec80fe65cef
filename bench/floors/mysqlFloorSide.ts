import pLimit from 'p-limit';
import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../../src/storage/database.ts';
import { benchDatabase } from '../benchDatabase.ts';
import { checkReserved } from '../checkReserved.ts';
import { onCleanUp } from '../cleanUp.ts';
import { CostMeter } from '../costMeter.ts';
import type { Side } from '../side.ts';
import { type FoldedLane, foldedLanes } from './foldedLanes.ts';
import { FoldedWriter } from './foldedWriter.ts';

/**
 * MySQL alone: the rows that onhand would write, in full slices, as many transactions at once as
 * onhand has; decided beforehand, and nobody publishes them.
 */
export const mysqlFloorSide: Side = {
  name: 'MySQL alone',
  run: async (workload, view) => {
    const database = await benchDatabase();
    const { settings } = database;
    const pool = openDatabase(settings, 'migrate', settings.ONHAND_SLICES_AT_ONCE);
    const endPool = onCleanUp(() => pool.end());
    try {
      const lanes = foldedLanes(workload, settings);
      const commands = workload.orders.length + workload.skus.length;
      const show = view.bar('MySQL alone', commands);
      const meter = await CostMeter.open(database.pool, ['mysql']);
      await meter.start();
      const begun = performance.now();
      let written = 0;
      const turn = pLimit(settings.ONHAND_SLICES_AT_ONCE);
      const onWritten = (rows: number) => show((written += rows));
      await Promise.all(lanes.map((lane) => write(pool, lane, turn, onWritten)));
      const seconds = (performance.now() - begun) / 1000;
      const cost = await meter.stop();
      view.endBar();
      const { grantable: granted } = workload;
      const ends = { confirmed: 0, released: 0, expired: 0 };
      // Nothing was published, so that only MySQL's rows are compared.
      const read = { events: commands, granted, breaks: 0 };
      const expected = { events: commands, granted, pending: granted, ...ends };
      const found = await checkReserved(database, expected, read);
      const refused = workload.orders.length - granted;
      return { commands, seconds, granted, refused, cost, more: {}, ...found };
    } finally {
      await endPool();
      await database.close();
    }
  },
};

/** A lane's slices one after the other; `turn` lets a few lanes write at once. */
async function write(
  pool: Pool,
  lane: FoldedLane,
  turn: ReturnType<typeof pLimit>,
  onWritten: (rows: number) => void,
): Promise<void> {
  const writer = await FoldedWriter.claim(pool, lane);
  while (!writer.isDone) {
    onWritten((await turn(() => writer.writeNext())).length);
  }
}
