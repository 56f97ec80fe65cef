import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { LaneReplay } from '../engine/laneReplay.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { topicRegistry } from '../messaging/topics.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { policy } from '../testing/spec.ts';
import { ForwardedTopic } from './forwardedTopic.ts';
import type { ReplayedLane } from './replayLanes.ts';

const { orderEvents } = topicRegistry({
  ONHAND_TOPIC_PREFIX: '',
  ONHAND_PARTITIONS: 3,
  ONHAND_REPLICATION_FACTOR: 1,
});
const home = partitionOf('o-1', 3);

function rowOf(sequence: number, text: string, kind: OutboxRow['kind'] = 'reply'): OutboxRow {
  const plain = { commandId: null, headers: null, level: null, time: 1 };
  return { ...plain, sequence, kind, key: 'o-1', value: Buffer.from(text) };
}

function record(text: string): KafkaMessage {
  const plain = { timestamp: '1', attributes: 0, offset: '7', headers: {} };
  return { ...plain, key: Buffer.from('o-1'), value: Buffer.from(text) };
}

function laneOf(...rows: OutboxRow[]): ReplayedLane {
  const id = { engine: 'stock', lane: 2, topicId: 't'.repeat(22), partitionCount: 3 } as const;
  const progress: Progress = { ...id, nextOffset: 9, outboxSequence: 9, logTime: 1, epoch: 1 };
  return { replay: new LaneReplay(id, policy, []), rows, progress };
}

describe('ForwardedTopic', () => {
  const place = { engine: 'stock', lane: 2, where: 'order.events' };

  it('wants each row once among whatever else is there', () => {
    const lane = laneOf(rowOf(1, 'a'), rowOf(2, 'b'), rowOf(3, 'not for this topic', 'event'));
    const forwarded = new ForwardedTopic(orderEvents, [lane], 'reply');
    forwarded.take(home, [record('b'), record('upstream'), record('a')]);
    expect(forwarded.end()).to.deep.equal([]);
    expect(forwarded.surplusLanes().size).to.equal(0);
  });

  it('finds what is missing, also when it went to another partition', () => {
    const forwarded = new ForwardedTopic(orderEvents, [laneOf(rowOf(4, 'a'))], 'reply');
    forwarded.take((home + 1) % 3, [record('a')]);
    expect(forwarded.end()).to.deep.equal([
      { ...place, what: 'reply of sequence 4', expected: 'a record', found: '' },
    ]);
  });

  it('wants the same bytes as often as the log does', () => {
    const lane = laneOf(rowOf(1, 'a'), rowOf(5, 'a'));
    const forwarded = new ForwardedTopic(orderEvents, [lane], 'reply');
    forwarded.take(home, [record('a')]);
    expect(forwarded.end().map(({ what }) => what)).to.deep.equal(['reply of sequence 5']);
    forwarded.take(home, [record('a')]);
    expect(forwarded.end()).to.deep.equal([]);
  });

  it('finds what is there too often, unless the lane has said it again meanwhile', () => {
    const lane = laneOf(rowOf(1, 'a'));
    const forwarded = new ForwardedTopic(orderEvents, [lane], 'reply');
    forwarded.take(home, [record('a'), record('a')]);
    expect(forwarded.end()).to.deep.equal([
      { ...place, what: 'reply of sequence 1', expected: '1 at most', found: '2' },
    ]);
    expect([...forwarded.surplusLanes()]).to.deep.equal([lane]);
    forwarded.allow(rowOf(10, 'a', 'event'));
    expect(forwarded.end()).to.have.length(1);
    forwarded.allow(rowOf(11, 'a'));
    expect(forwarded.end()).to.deep.equal([]);
  });
});
