import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { HealthReport } from '../ops/healthReport.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { type MysqlProxy, mysqlProxy } from '../testing/mysqlProxy.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type Processor, startProcessor } from './processor.ts';

const lanes = 3;
/** One SKU for each lane. */
const skus = Array.from({ length: lanes }, (_, lane) => {
  let number = 0;
  while (partitionOf(`sku-${number}`, lanes) !== lane) number++;
  return `sku-${number}`;
});

describe('what an operator sees of a running processor', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let onhand: TestInstallation;
  let proxy: MysqlProxy;
  let processor: Processor;
  before(async () => {
    redis = await ThrowawayRedis.start();
    const view = { ...redis.settings, ONHAND_REDIS_PASSWORD: undefined, ONHAND_VIEW: true };
    onhand = await testInstallation(view);
    proxy = await mysqlProxy(onhand.settings);
    processor = await start();
    await waitUntil('readiness', isReady, 60_000);
  });
  after(async () => {
    await processor?.stop();
    await proxy?.close();
    await onhand?.close();
    await redis?.close();
  });

  const start = () => {
    return startProcessor(proxy.settings, silentLogger, (error) => {
      throw error;
    });
  };
  const get = (path: string) => fetch(processor.url + path);
  const health = async () => (await (await get('/health')).json()) as HealthReport;
  const isReady = async () => (await get('/health/ready')).ok;
  /** Value by name with labels, as Prometheus scrapes it. */
  const scrape = async () => {
    const text = await (await get('/metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line): [string, number] => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  };

  it('counts what was sent, by outcome, while it is read', async () => {
    const { receive, reserve } = commandsFor(skus[0]!);
    const first = receive(100);
    await onhand.send([first]);
    const scrapes = [scrape(), scrape()];
    const more = Array.from({ length: 120 }, (_, number) => reserve(`o-${number}`, 1));
    await onhand.send([...more, first]);
    await onhand.sendRaw([{ partition: 1, key: 'x', value: Buffer.from('no command') }]);
    await onhand.settled();
    await Promise.all(scrapes);
    // The publisher counts when it knows of its commit, a moment after the readers.
    await waitUntil('the count of the last row', async () => {
      return ((await scrape()).get('onhand_publish_rows_sum{engine="stock"}') ?? 0) >= 122;
    });
    const metrics = await scrape();
    const outcome = (name: string) => metrics.get(`onhand_commands_total{outcome="${name}"}`);
    expect(outcome('StockReceived')).to.equal(1);
    expect(outcome('StockReserved')).to.equal(100);
    expect(outcome('INSUFFICIENT_STOCK')).to.equal(20);
    expect(outcome('Repeated')).to.equal(1);
    expect(metrics.get('onhand_dead_letters_total{engine="stock"}')).to.equal(1);
    expect(metrics.get('onhand_slice_commands_sum{engine="stock"}')).to.equal(123);
    expect(metrics.get('onhand_publish_rows_sum{engine="stock"}')).to.equal(122);
    const slices = metrics.get('onhand_slice_commands_count{engine="stock"}');
    expect(metrics.get('onhand_slice_commit_seconds_count{engine="stock"}')).to.equal(slices);
    expect(metrics.get('onhand_slice_commit_seconds_sum{engine="stock"}')).to.be.within(0.001, 30);
    expect(metrics.get('onhand_publish_seconds_sum{engine="stock"}')).to.be.within(0.001, 30);
  });

  it('counts a try that MySQL broke off, and its command once all the same', async () => {
    proxy.cutAt('STRAIGHT_JOIN progress', 'statement');
    await onhand.send([commandsFor(skus[0]!).adjust(1)]);
    await onhand.settled();
    const metrics = await scrape();
    expect(metrics.get('onhand_commands_total{outcome="StockAdjusted"}')).to.equal(1);
    expect(metrics.get('onhand_slices_retried_total{engine="stock"}')).to.be.at.least(1);
    expect(metrics.get('onhand_slices_fenced_total{engine="stock"}')).to.equal(0);
  });

  it('counts a slice that another claim has fenced, and gets the lane back', async () => {
    await onhand.pool.query(
      "UPDATE progress SET epoch = epoch + 1 WHERE engine = 'stock' AND lane = 0",
    );
    await onhand.send([commandsFor(skus[0]!).adjust(-1)]);
    await onhand.settled();
    await waitUntil('readiness', isReady);
    const metrics = await scrape();
    expect(metrics.get('onhand_slices_fenced_total{engine="stock"}')).to.equal(1);
    expect(metrics.get('onhand_commands_total{outcome="StockAdjusted"}')).to.equal(2);
  });

  it('shows whether Redis answers, and how many lanes of the view are behind', async () => {
    await waitUntil('Redis to have answered', async () => {
      return (await scrape()).get('onhand_server_up{server="redis"}') === 1;
    });
    await waitUntil('the view', async () => {
      return (await scrape()).get('onhand_view_lanes_behind') === 0;
    });
    expect((await health()).warnings).to.deep.equal([]);
  });

  it('shows how far each lane is, and that nothing waits', async () => {
    await waitUntil('the look at the ends of the logs', async () => {
      return (await scrape()).get('onhand_lane_lag_records{engine="stock",lane="0"}') === 0;
    });
    const metrics = await scrape();
    const ends = await onhand.admin.fetchTopicOffsets(onhand.topics.stockCommands.name);
    for (const { partition, high } of ends) {
      const of = (name: string) => metrics.get(`${name}{engine="stock",lane="${partition}"}`);
      expect(of('onhand_lane_next_offset'), `lane ${partition}`).to.equal(Number(high));
      expect(of('onhand_lane_lag_records')).to.equal(0);
      expect(of('onhand_lane_lag_seconds')).to.equal(0);
      expect(of('onhand_outbox_lag_rows')).to.equal(0);
      expect(of('onhand_outbox_oldest_unpublished_seconds')).to.equal(0);
      expect(of('onhand_parked_items')).to.equal(0);
    }
    const prefix = onhand.settings.ONHAND_TOPIC_PREFIX;
    const place = `consumergroup="${prefix}onhand-stock",topic="${prefix}stock.commands"`;
    expect(metrics.get(`kafka_consumergroup_lag{${place},partition="0"}`)).to.equal(0);
    expect(metrics.get('onhand_lanes{engine="stock",state="claimed"}')).to.equal(lanes);
    expect(metrics.get('onhand_server_up{server="kafka"}')).to.equal(1);
    expect(metrics.get('onhand_server_up{server="mysql"}')).to.equal(1);
  });

  it('tells of each lane in its health', async () => {
    const { ready, problems, lanes: found } = await health();
    expect({ ready, problems }).to.deep.equal({ ready: true, problems: [] });
    expect(found.map(({ engine, lane, state }) => [engine, lane, state])).to.have.deep.members([
      ['stock', 0, 'claimed'],
      ['stock', 1, 'claimed'],
      ['stock', 2, 'claimed'],
      ['order', 0, 'claimed'],
      ['order', 1, 'claimed'],
      ['order', 2, 'claimed'],
    ]);
  });

  it('is not ready when a lane halts, says which and why, and counts its lag', async () => {
    const { receive } = commandsFor(skus[2]!);
    await onhand.send([receive(1)]);
    await onhand.settled();
    // Somebody else writes the row, which nobody may.
    await onhand.pool.query('UPDATE stock_levels SET sequence = 7 WHERE sku = ?', [skus[2]]);
    await onhand.send([receive(2), receive(3)]);
    await waitUntil('the halt', async () => !(await isReady()));

    const response = await get('/health/ready');
    expect(response.status).to.equal(503);
    const { problems } = (await response.json()) as HealthReport;
    expect(problems).to.have.length(1);
    expect(problems[0]).to.include({
      engine: 'stock',
      lane: 2,
      state: 'halted',
      code: 'INVARIANT_BROKEN',
    });
    expect(problems[0]?.reason).to.include('levels');
    expect((await get('/health/live')).status).to.equal(200);

    const lane = (await health()).lanes.find(
      ({ engine, lane }) => engine === 'stock' && lane === 2,
    );
    expect(lane).to.include({ state: 'halted', nextOffset: 1, lagRecords: 2 });
    const metrics = await scrape();
    expect(metrics.get('onhand_lanes{engine="stock",state="halted"}')).to.equal(1);
    expect(metrics.get('onhand_lane_lag_records{engine="stock",lane="2"}')).to.equal(2);
    expect(metrics.get('onhand_lane_lag_seconds{engine="stock",lane="2"}')).to.be.within(0.001, 60);
  });

  it('names a lane whose commands were deleted before they were applied', async () => {
    await processor.stop();
    await onhand.send([commandsFor(skus[1]!).receive(1)]);
    const topic = onhand.topics.stockCommands.name;
    await onhand.admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '-1' }] });
    processor = await start();
    expect(await isReady()).to.be.false;
    const claimed = async () =>
      (await scrape()).get('onhand_lanes{engine="stock",state="claimed"}') === 2;
    await waitUntil('the claim of the other lanes', claimed, 60_000);
    const orders = async () =>
      (await scrape()).get('onhand_lanes{engine="order",state="claimed"}') === lanes;
    await waitUntil('the claim of the order lanes', orders, 60_000);
    await waitUntil('the halt', async () => {
      const { problems } = await health();
      return problems.some(({ lane, code }) => lane === 1 && code === 'COMMANDS_LOST');
    });
    const { ready, problems } = await health();
    expect(ready).to.be.false;
    expect(problems.map(({ lane, state }) => [lane, state])).to.deep.equal([[1, 'halted']]);
    expect(problems[0]?.hint).not.to.be.empty;
  });
});
