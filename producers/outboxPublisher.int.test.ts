import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { Metrics } from '../src/ops/metrics.ts';
import { inTransaction } from '../src/storage/database.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import { claimLane } from '../src/storage/progress.ts';
import { readPublisher } from '../src/storage/publications.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { appendToLane } from '../src/testing/appendToLane.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OutboxPublisher } from './outboxPublisher.ts';
import type { PublishedLane } from './publishedLane.ts';

const deadLetter = (sequence: number): OutboxRow => {
  const value = Buffer.from('junk');
  const content = { key: null, headers: {}, value, level: null };
  return { sequence, kind: 'dead-letter', commandId: null, time: 1, ...content };
};

describe('OutboxPublisher, when something comes while it reads the table', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let lanes = 0;
  const publishers: OutboxPublisher[] = [];
  before(async () => {
    onhand = await testInstallation();
  });
  afterEach(() => Promise.all(publishers.splice(0).map((publisher) => publisher.stop())));
  after(() => onhand?.close());

  /** A published lane of its own. `strike` comes once, right after its first look. */
  async function newLane(strike: (lane: PublishedLane) => Promise<void>) {
    const pool = Object.create(onhand.pool) as Pool;
    let struck = false;
    pool.query = (async (sql: string, values: unknown[]) => {
      const result = await onhand.pool.query(sql, values);
      if (!struck && sql.includes('FROM outbox')) {
        struck = true;
        await strike(published);
      }
      return result;
    }) as Pool['query'];
    const lane = lanes++;
    const id = { engine: 'stock', lane, topicId: 't'.repeat(22), partitionCount: 3 } as const;
    const claim = await inTransaction(onhand.pool, (on) => claimLane(on, id, 'test'));
    const { settings, topics, admin } = onhand;
    const shared = { settings, topics, admin, pool, logger: silentLogger, metrics: new Metrics() };
    const publisher = new OutboxPublisher(shared, 'stock');
    publishers.push(publisher);
    const published = publisher.open(claim);
    return { published, metrics: shared.metrics };
  }

  it('stops all the same', async () => {
    let stopped: Promise<void> | undefined;
    await newLane((reading) => {
      stopped = reading.stop();
      return Promise.resolve();
    });
    await waitUntil('the first look', () => stopped !== undefined);
    await stopped;
  });

  it('publishes rows that were committed meanwhile and are only in the table', async () => {
    const { published, metrics } = await newLane(async (reading) => {
      await inTransaction(onhand.pool, (on) => appendToLane(on, 1, [deadLetter(1)]));
      reading.offer(undefined);
    });
    expect(published.cursor).to.be.undefined;
    await waitUntil('the row on Kafka', () => published.cursor === 1);
    await published.stop();
    const text = await metrics.registry.metrics();
    expect(text)
      .to.include('onhand_publish_rows_sum{engine="stock"} 1')
      .and.include('onhand_publish_seconds_count{engine="stock"} 1');
    const records = await onhand.read('stockDeadLetter');
    expect(records.map(({ partition }) => partition)).to.deep.equal([1]);
  });
});

describe('OutboxPublisher, with several lanes', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let publisher: OutboxPublisher;
  before(async () => {
    onhand = await testInstallation();
    const context = { ...onhand, logger: silentLogger, metrics: new Metrics() };
    publisher = new OutboxPublisher(context, 'stock');
  });
  after(async () => {
    await publisher?.stop();
    await onhand?.close();
  });

  const openLane = async (lane: number, rows: OutboxRow[]) => {
    const id = { engine: 'stock', lane, topicId: 't'.repeat(22), partitionCount: 3 } as const;
    const claim = await inTransaction(onhand.pool, async (connection) => {
      const claimed = await claimLane(connection, id, 'test');
      await appendToLane(connection, lane, rows);
      return claimed;
    });
    return publisher.open(claim);
  };
  const noted = async (lane: number) => {
    return readPublisher(onhand.pool, { engine: 'stock', lane });
  };

  it('lets no lane wait for another whose rows the broker refuses', async () => {
    const huge = { ...deadLetter(3), value: randomBytes(3_000_000) };
    const stuck = await openLane(0, [deadLetter(1), deadLetter(2), huge, deadLetter(4)]);
    const others = [await openLane(1, [deadLetter(1)]), await openLane(2, [deadLetter(1)])];
    for (const [index, other] of others.entries()) {
      const lane = index + 1;
      await waitUntil(`lane ${lane}`, () => other.cursor === 1);
      await inTransaction(onhand.pool, (on) => appendToLane(on, lane, [deadLetter(2)]));
      other.offer(undefined);
      await waitUntil(`lane ${lane} again`, () => other.cursor === 2);
    }
    // Nor a row for one behind it; that one has a reason.
    await waitUntil('the reason', () => stuck.failure?.includes('max.message.bytes') ?? false);
    expect(stuck.failure).to.include(`${onhand.topics.stockDeadLetter.name} refuses a record of`);
    expect(stuck.cursor).to.equal(2);
    await stuck.stop();
    const records = await onhand.read('stockDeadLetter');
    expect(records.map(({ partition }) => partition).sort()).to.deep.equal([0, 0, 1, 1, 2, 2]);
  });

  it('notes which producer serves a lane, until it has left in order', async () => {
    const lane = await openLane(1, [deadLetter(3)]);
    await waitUntil('the row', () => lane.cursor === 3);
    expect(await noted(1))
      .to.equal(await noted(2))
      .and.be.a('string');
    await lane.stop();
    expect(await noted(1)).to.equal(null);
    expect(await noted(2)).to.be.a('string');
  });
});
