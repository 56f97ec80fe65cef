import { expect } from 'chai';
import type { OrderPolicy } from '../domain/order/orderState.ts';
import type { UpstreamEvent } from '../domain/order/orderEvents.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { orderPolicy } from '../testing/orderSpec.ts';
import { startTime } from '../testing/spec.ts';
import type { LaneRecord } from './laneRecord.ts';
import { OrderReplay } from './orderReplay.ts';

const id = { engine: 'order', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 } as const;

function recordOf(event: UpstreamEvent, offset: number): LaneRecord {
  const value = encodeOrderEvent(event);
  return { offset, timestamp: startTime + offset, key: null, value, headers: {} };
}

describe('OrderReplay', () => {
  const [first, second] = [orderEventsFor('o-1'), orderEventsFor('o-2')];
  const records = [first.place({ tea: 1 }), second.place({ tea: 1 }, { ttlSeconds: 60 })].map(
    recordOf,
  );
  const kindsOf = (replay: OrderReplay) => {
    return replay.apply(records).map(({ sequence, kind }) => [sequence, kind]);
  };

  it('makes a dead letter of an event that could not be decided when the lane was live', () => {
    const failed = [{ at: 0, offset: 0, reason: 'it was a bug' }];
    const replay = new OrderReplay(id, orderPolicy, failed);
    expect(kindsOf(replay)).to.deep.equal([
      [1, 'dead-letter'],
      [2, 'command'],
    ]);
    expect([...replay.state.orders.keys()]).to.deep.equal(['o-2']);
    const end = { nextOffset: 2, outboxSequence: 2, logTime: startTime + 1 };
    expect(replay.progress).to.include(end);
  });

  it('makes a dead letter of an event that cannot be decided now, and goes on', () => {
    const broken: OrderPolicy = {
      ...orderPolicy,
      get paymentTtlMs(): number {
        throw new TypeError('no such time');
      },
    };
    const replay = new OrderReplay(id, broken, []);
    expect(kindsOf(replay)).to.deep.equal([
      [1, 'dead-letter'],
      [2, 'command'],
    ]);
  });
});
