import { expect } from 'chai';
import type { SliceResult } from '../src/engine/laneWork.ts';
import { Metrics } from '../src/ops/metrics.ts';
import { countSlice } from './countSlice.ts';

const id = { engine: 'stock', lane: 1 } as const;
const result: SliceResult = {
  progress: {} as SliceResult['progress'],
  taken: 5,
  rows: [{ kind: 'dead-letter' } as SliceResult['rows'][number]],
  measures: {
    outcomes: new Map([
      ['StockReserved', 3],
      ['INSUFFICIENT_STOCK', 1],
    ]),
    expired: 2,
    parkedItems: 1,
    seconds: 0.4,
    commitSeconds: 0.3,
  },
};

describe('countSlice', () => {
  let metrics: Metrics;
  const lines = async () => (await metrics.registry.metrics()).split('\n');
  beforeEach(() => {
    metrics = new Metrics();
  });

  it('adds what became of the records, once for the slice', async () => {
    countSlice(metrics, id, 5, result);
    expect(await lines()).to.include.members([
      'onhand_commands_total{outcome="StockReserved"} 3',
      'onhand_commands_total{outcome="INSUFFICIENT_STOCK"} 1',
      'onhand_reservations_expired_total 2',
      'onhand_dead_letters_total{engine="stock"} 1',
      'onhand_parked_items{engine="stock",lane="1"} 1',
      'onhand_slice_commands_sum{engine="stock"} 5',
      'onhand_slice_seconds_sum{engine="stock"} 0.4',
      'onhand_slice_commit_seconds_sum{engine="stock"} 0.3',
    ]);
  });

  it('keeps orders apart', async () => {
    countSlice(metrics, { engine: 'order', lane: 1 }, 5, result);
    expect(await lines()).to.include('onhand_order_events_total{outcome="StockReserved"} 3');
    expect((await metrics.outcomes.stock.get()).values).to.deep.equal([]);
  });

  it('knows only how many there were when the answer to COMMIT was lost', async () => {
    countSlice(metrics, id, 2, undefined);
    expect(await lines()).to.include.members([
      'onhand_commands_total{outcome="Unknown"} 2',
      'onhand_slice_commands_sum{engine="stock"} 2',
    ]);
    expect((await lines()).join('\n')).not.to.include('onhand_slice_seconds_count{');
  });
});
