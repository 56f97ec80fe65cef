import { expect } from 'chai';
import type { StockEvent } from '../src/domain/events.ts';
import { levelAfter } from '../src/domain/stockLevel.ts';
import { cursorGroup } from '../src/messaging/kafkaNames.ts';
import { decodeStockEvent, encodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import { Metrics } from '../src/ops/metrics.ts';
import { inTransaction } from '../src/storage/database.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import { type Progress, claimLane } from '../src/storage/progress.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { appendToLane } from '../src/testing/appendToLane.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OutboxPublisher } from './outboxPublisher.ts';

const topicId = 't'.repeat(22);

/** The row of one event; every event is as long as an event can be. */
function rowOf(lane: number, sequence: number, sku = 'tea'): OutboxRow {
  const event: StockEvent = {
    kind: 'StockAdjusted',
    delta: 1,
    reason: '\u{1F4E6}'.repeat(100),
    sku,
    location: 'l'.repeat(64),
    sequence,
    commandId: 'c'.repeat(50) + sequence,
    commandDigest: 1,
    time: 1_700_000_000_000,
    onHandBefore: sequence - 1,
    reservedBefore: 0,
    onHandAfter: sequence,
    reservedAfter: 0,
  };
  const cause = { topicId, partition: lane, offset: sequence, index: 0 };
  return {
    sequence,
    kind: 'event',
    commandId: event.commandId,
    time: event.time,
    key: sku,
    headers: null,
    value: encodeStockEvent(event, cause),
    level: levelAfter(event),
  };
}

function rowsOf(lane: number, first: number, last: number): OutboxRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => rowOf(lane, first + index));
}

describe('the outbox on Kafka', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let lanes = 0;
  const publishers: OutboxPublisher[] = [];
  before(async () => {
    onhand = await testInstallation({ ONHAND_PARTITIONS: 6 });
  });
  afterEach(() => Promise.all(publishers.splice(0).map((publisher) => publisher.stop())));
  after(() => onhand?.close());

  const claimNew = () => claim(lanes++);
  const claim = (lane: number): Promise<Progress> => {
    const id = { engine: 'stock', lane, topicId, partitionCount: 6 } as const;
    return inTransaction(onhand.pool, (connection) => claimLane(connection, id, 'test'));
  };
  const newPublisher = (): OutboxPublisher => {
    const context = { ...onhand, logger: silentLogger, metrics: new Metrics() };
    const publisher = new OutboxPublisher(context, 'stock');
    publishers.push(publisher);
    return publisher;
  };
  const publish = (of: Progress) => newPublisher().open(of);
  const store = (lane: number, rows: OutboxRow[]) =>
    inTransaction(onhand.pool, (connection) => appendToLane(connection, lane, rows));
  /** What readers see, once they see so many: the broker shows a transaction a little later. */
  const published = async (lane: number, count: number) => {
    let sequences: number[] = [];
    await waitUntil(`${count} events`, async () => {
      const records = (await onhand.read('stockEvents')).filter((it) => it.partition === lane);
      sequences = records.map(({ value }) => decodeStockEvent(value).sequence);
      return sequences.length >= count;
    });
    return sequences;
  };
  const counted = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  it('carries what was in the table, and what was handed over, in order', async () => {
    const of = await claimNew();
    await store(of.lane, rowsOf(of.lane, 1, 3));
    const publisher = publish(of);
    await waitUntil('the table', () => publisher.cursor === 3);
    const handed = rowsOf(of.lane, 4, 6);
    await store(of.lane, handed);
    publisher.offer(handed.slice(0, 2));
    publisher.offer(handed.slice(2));
    await waitUntil('the rest', () => publisher.cursor === 6);
    expect(await published(of.lane, 6)).to.deep.equal(counted(6));
  });

  it('fetches what was not handed over, and drops what is handed over twice', async () => {
    const of = await claimNew();
    const publisher = publish(of);
    const rows = rowsOf(of.lane, 1, 9);
    await store(of.lane, rows);
    publisher.offer(rows.slice(0, 2));
    publisher.offer(rows.slice(4, 6));
    publisher.offer(rows.slice(0, 6));
    await waitUntil('what was handed over', () => publisher.cursor! >= 6);
    publisher.offer(undefined);
    await waitUntil('all', () => publisher.cursor === 9);
    expect(await published(of.lane, 9)).to.deep.equal(counted(9));
  });

  it('carries more than fits into one batch of the broker', async () => {
    const of = await claimNew();
    const rows = rowsOf(of.lane, 1, 2500);
    expect(rows.reduce((sum, { value }) => sum + value!.length, 0)).to.be.above(1_200_000);
    await store(of.lane, rows);
    const publisher = publish(of);
    await waitUntil('all', () => publisher.cursor === 2500);
    expect(await published(of.lane, 2500)).to.deep.equal(counted(2500));
  });

  it('carries each row once when an owner does not know that it was replaced', async () => {
    const first = await claimNew();
    const { lane } = first;
    const zombie = publish(first);
    const publishing = [zombie];
    for (let last = 30; last <= 300; last += 30) {
      const rows = rowsOf(lane, last - 29, last);
      await store(lane, rows);
      if (last === 150) publishing.push(publish(await claim(lane)));
      for (const one of publishing) one.offer(rows);
    }
    await waitUntil('all', () => publishing.at(-1)?.cursor === 300);
    zombie.offer(rowsOf(lane, 271, 300));
    await zombie.stop();
    expect(await published(lane, 300)).to.deep.equal(counted(300));
  });

  it('carries nothing again when Kafka has forgotten the cursor', async () => {
    const of = await claimNew();
    await store(of.lane, rowsOf(of.lane, 1, 5));
    const before = publish(of);
    await waitUntil('the first rows', () => before.cursor === 5);
    await before.stop();
    await onhand.admin.deleteGroups([cursorGroup(onhand.settings, 'stock')]);
    await store(of.lane, rowsOf(of.lane, 6, 7));
    const after = publish(of);
    await waitUntil('the others', () => after.cursor === 7);
    expect(await published(of.lane, 7)).to.deep.equal(counted(7));
  });
});
