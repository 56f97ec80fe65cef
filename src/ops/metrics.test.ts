import { expect } from 'chai';
import type { LaneStatus } from './laneStatus.ts';
import { type EngineLanes, Metrics } from './metrics.ts';

const lane = (number: number, more: Partial<LaneStatus> = {}): LaneStatus => {
  const numbers = { nextOffset: 7, lagRecords: 3, lagSeconds: 1.5, openRecords: 2 };
  const outbox = { outboxLagRows: 2, oldestUnpublishedSeconds: 0.25 };
  return {
    engine: 'stock',
    lane: number,
    state: 'claimed',
    trouble: null,
    ...numbers,
    ...outbox,
    ...more,
  };
};

const stock = (lanes: LaneStatus[]): EngineLanes => {
  return { engine: 'stock', lanes, consumergroup: 'onhand-stock', topic: 'stock.commands' };
};

const linesOf = async (metrics: Metrics) => {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
};

describe('Metrics', () => {
  it('shows each lane with its number, under the names that dashboards know', async () => {
    const metrics = new Metrics();
    metrics.showLanes([stock([lane(4)])]);
    const place = 'consumergroup="onhand-stock",topic="stock.commands",partition="4"';
    expect(await linesOf(metrics)).to.include.members([
      'onhand_lane_next_offset{engine="stock",lane="4"} 7',
      'onhand_lane_lag_records{engine="stock",lane="4"} 3',
      'onhand_lane_lag_seconds{engine="stock",lane="4"} 1.5',
      'onhand_lane_open_records{engine="stock",lane="4"} 2',
      'onhand_outbox_lag_rows{engine="stock",lane="4"} 2',
      'onhand_outbox_oldest_unpublished_seconds{engine="stock",lane="4"} 0.25',
      `kafka_consumergroup_lag{${place}} 3`,
    ]);
  });

  it('counts lanes by state, the absent states too', async () => {
    const metrics = new Metrics();
    metrics.showLanes([stock([lane(0), lane(1), lane(2, { state: 'halted' })])]);
    expect(await linesOf(metrics)).to.include.members([
      'onhand_lanes{engine="stock",state="claiming"} 0',
      'onhand_lanes{engine="stock",state="claimed"} 2',
      'onhand_lanes{engine="stock",state="fenced"} 0',
      'onhand_lanes{engine="stock",state="halted"} 1',
    ]);
  });

  it('shows both engines side by side', async () => {
    const metrics = new Metrics();
    const orders = { ...lane(4, { nextOffset: 9 }), engine: 'order' as const };
    const topics = { consumergroup: 'onhand-order', topic: 'order.events' };
    metrics.showLanes([stock([lane(4)]), { engine: 'order', lanes: [orders], ...topics }]);
    expect(await linesOf(metrics)).to.include.members([
      'onhand_lane_next_offset{engine="stock",lane="4"} 7',
      'onhand_lane_next_offset{engine="order",lane="4"} 9',
    ]);
  });

  it('leaves out what is unknown, and lanes that were given up', async () => {
    const metrics = new Metrics();
    metrics.showLanes([stock([lane(0), lane(1)])]);
    metrics.showLanes([stock([lane(1, { lagRecords: null, lagSeconds: null })])]);
    const lines = await linesOf(metrics);
    expect(lines.filter((line) => line.includes('lane="0"'))).to.be.empty;
    expect(lines.filter((line) => line.includes('lag_records{'))).to.be.empty;
    expect(lines.filter((line) => line.startsWith('kafka_consumergroup_lag{'))).to.be.empty;
    expect(lines).to.include('onhand_lane_next_offset{engine="stock",lane="1"} 7');
  });

  it('starts counters at 0, so that the first increase is seen', async () => {
    const lines = await linesOf(new Metrics());
    for (const what of ['slices_fenced', 'slices_retried', 'dead_letters', 'publisher_restarts']) {
      for (const engine of ['stock', 'order']) {
        expect(lines).to.include(`onhand_${what}_total{engine="${engine}"} 0`);
      }
    }
  });

  it('keeps the processors of one Node process apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.deadLetters.inc({ engine: 'stock' }, 3);
    expect(await linesOf(one)).to.include('onhand_dead_letters_total{engine="stock"} 3');
    expect(await linesOf(other)).to.include('onhand_dead_letters_total{engine="stock"} 0');
  });

  it('lists all of its metrics, each named after what it counts, its unit last', () => {
    const { texts, registry } = new Metrics();
    const names = texts.map(({ name }) => name);
    expect(names).to.have.members(registry.getMetricsAsArray().map(({ name }) => name));
    for (const { name, type, labels } of texts) {
      expect(name).to.match(/^(onhand|kafka_consumergroup)_[a-z_]+$/);
      expect(name.endsWith('_total'), name).to.equal(type === 'counter');
      for (const label of labels) {
        expect(label).to.be.oneOf(
          ['engine', 'lane', 'state', 'condition', 'outcome', 'server'].concat(
            'consumergroup',
            'topic',
            'partition',
          ),
        );
      }
    }
  });

  it('adds what is known of the process when asked to', async () => {
    const metrics = new Metrics();
    expect(await metrics.registry.metrics()).not.to.include('process_');
    metrics.collectProcess();
    expect(await metrics.registry.metrics()).to.include('process_cpu_seconds_total');
  });
});
