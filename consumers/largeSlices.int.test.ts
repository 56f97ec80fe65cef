import { expect } from 'chai';
import { serversAreOurs } from '../stack/serversAreOurs.ts';
import type { Processor } from '../src/cli/processor.ts';
import type { OrderEvent } from '../src/domain/order/orderEvents.ts';
import { ORDER_LINES_MAX } from '../src/domain/order/orderLimits.ts';
import { OrderLane } from '../src/engine/orderLane.ts';
import { orderPolicyOf } from '../src/engine/orderPolicyOf.ts';
import { sliceLimitsOf } from '../src/engine/sliceLimits.ts';
import { SliceRounds } from '../src/engine/sliceRounds.ts';
import { encodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import type { HealthReport } from '../src/ops/healthReport.ts';
import { inTransaction } from '../src/storage/database.ts';
import { type LaneId, claimLane } from '../src/storage/progress.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type TestDatabase, testDatabase } from '../src/testing/testDatabase.ts';
import { testInstallation } from '../src/testing/testInstallation.ts';
import { ThrowawayMysql } from '../src/testing/throwawayMysql.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { Lane } from './lane.ts';

const ordersCount = 40;
const wanted = Object.fromEntries(
  Array.from({ length: ORDER_LINES_MAX }, (_, at) => [`sku-${at}`.padEnd(20, '"'), 1]),
);

describe('a lane on a server that takes 4 MiB at once', function () {
  this.timeout(180_000);
  let server: ThrowawayMysql;
  before(async function () {
    if (!serversAreOurs()) this.skip();
    server = await ThrowawayMysql.start();
    await set('max_allowed_packet', 4_194_304);
  });
  after(() => server?.close());

  const set = (name: string, value: number) =>
    server.asRoot((root) => root.query(`SET GLOBAL ${name} = ${value}`));

  it('applies a burst of events of orders that come to more', async () => {
    const database = await testDatabase(server.settings);
    const { lane, errors, tries } = await newLane(database);
    const orders = Array.from({ length: ordersCount }, (_, at) => orderEventsFor(`o-${at}`));
    const accept = (events: OrderEvent[], offset: number) => {
      const records = events.map((event, at) => ({
        offset: offset + at,
        timestamp: 1_700_000_000_000,
        key: null,
        value: encodeOrderEvent(event),
        headers: {},
      }));
      lane.accept(records, offset + events.length);
    };
    const reached = (offset: number) =>
      waitUntil(`offset ${offset}`, () => lane.progress.nextOffset === offset || errors.length > 0);
    try {
      accept(
        orders.map(({ place }) => place(wanted)),
        0,
      );
      await reached(ordersCount);
      // All in one slice: each order is written anew, because it has to know a repeat.
      accept(
        orders.map(({ takeBack }) => takeBack({ [Object.keys(wanted)[0]!]: 1 })),
        ordersCount,
      );
      await reached(2 * ordersCount);
      expect(errors).to.deep.equal([]);
      expect(tries).to.deep.equal([]);
      const [rows] = await database.pool.query(
        `SELECT COUNT(*) AS orders, SUM(LENGTH(state)) > 4194304 AS more FROM orders
         WHERE applied > ?`,
        [ordersCount],
      );
      expect(rows).to.deep.equal([{ orders: ordersCount, more: 1 }]);
    } finally {
      await lane.stop();
      await database.close();
    }
  });

  it('that cannot apply a slice is not ready after a while, and says why', async () => {
    const onhand = await testInstallation({
      ...server.settings,
      ONHAND_PARTITIONS: 1,
      ONHAND_STALLED_SECONDS: 1,
    });
    const processor = await onhand.startProcessor();
    const failing = async () => {
      const problems = await problemsOf(processor);
      return problems.find(({ code }) => code === 'SLICE_NOT_APPLIED');
    };
    try {
      await onhand.send([commandsFor('tea').receive(1)]);
      await onhand.settled();
      await set('super_read_only', 1);
      await onhand.send([commandsFor('tea').receive(2)]);
      await waitUntil('the condition', async () => (await failing()) !== undefined);
      const condition = (await failing())!;
      expect(condition).to.include({ engine: 'stock', lane: 0, state: 'condition' });
      expect(condition.reason).to.match(/^offset 1 failed \d+ times, last: .*read-only/);
      expect((await fetch(`${processor.url}/health/ready`)).status).to.equal(503);
      await set('super_read_only', 0);
      await set('read_only', 0);
      await onhand.settled();
      expect(await failing()).to.equal(undefined);
    } finally {
      await set('super_read_only', 0);
      await set('read_only', 0);
      await processor.stop();
      await onhand.close();
    }
  });

  async function newLane(database: TestDatabase) {
    const { pool, settings } = database;
    const id: LaneId = { engine: 'order', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 };
    const claim = await inTransaction(pool, (on) => claimLane(on, id, 'test'));
    const errors: unknown[] = [];
    const tries: unknown[] = [];
    const limits = sliceLimitsOf(settings);
    const lane = new Lane(
      pool,
      claim,
      new OrderLane(0, orderPolicyOf(settings)),
      limits,
      {
        onCommitted: () => undefined,
        onRetry: () => tries.push(lane.failing),
        onRoom: () => undefined,
        onFenced: () => errors.push('fenced'),
        onHalted: (error) => errors.push(error),
      },
      silentLogger,
      new SliceRounds(pool, limits, 1),
    );
    return { lane, errors, tries };
  }
});

async function problemsOf({ url }: Processor): Promise<HealthReport['problems']> {
  return ((await (await fetch(`${url}/health`)).json()) as HealthReport).problems;
}
