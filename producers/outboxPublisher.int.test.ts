import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { Metrics } from '../src/ops/metrics.ts';
import { inTransaction } from '../src/storage/database.ts';
import { type OutboxRow, appendOutbox } from '../src/storage/outbox.ts';
import { claimLane } from '../src/storage/progress.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OutboxPublisher } from './outboxPublisher.ts';

const deadLetter = (sequence: number): OutboxRow => {
  const value = Buffer.from('junk');
  const content = { key: null, headers: {}, value, level: null };
  return { sequence, kind: 'dead-letter', commandId: null, time: 1, ...content };
};

describe('OutboxPublisher, when something comes while it reads the table', function () {
  this.timeout(20_000);
  let onhand: TestInstallation;
  let lanes = 0;
  before(async () => {
    onhand = await testInstallation();
  });
  after(() => onhand?.close());

  /** A publisher of a lane of its own. `strike` comes once, right after its first look. */
  async function newPublisher(strike: (publisher: OutboxPublisher) => Promise<void>) {
    const pool = Object.create(onhand.pool) as Pool;
    let struck = false;
    pool.query = (async (sql: string, values: unknown[]) => {
      const result = await onhand.pool.query(sql, values);
      if (!struck && sql.includes('FROM outbox')) {
        struck = true;
        await strike(publisher);
      }
      return result;
    }) as Pool['query'];
    const lane = lanes++;
    const id = { engine: 'stock', lane, topicId: 't'.repeat(22), partitionCount: 3 } as const;
    const claim = await inTransaction(onhand.pool, (on) => claimLane(on, id, 'test'));
    const { settings, topics, admin } = onhand;
    const shared = { settings, topics, admin, pool, logger: silentLogger, metrics: new Metrics() };
    const publisher = new OutboxPublisher(shared, claim);
    return { publisher, metrics: shared.metrics };
  }

  it('stops all the same', async () => {
    let stopped: Promise<void> | undefined;
    await newPublisher((publisher) => {
      stopped = publisher.stop();
      return Promise.resolve();
    });
    await waitUntil('the first look', () => stopped !== undefined);
    await stopped;
  });

  it('publishes rows that were committed meanwhile and are only in the table', async () => {
    const { publisher, metrics } = await newPublisher(async (reading) => {
      await inTransaction(onhand.pool, (on) => appendOutbox(on, 'stock', 1, [deadLetter(1)]));
      reading.offer(undefined);
    });
    expect(publisher.cursor).to.be.undefined;
    await waitUntil('the row on Kafka', () => publisher.cursor === 1);
    await publisher.stop();
    const text = await metrics.registry.metrics();
    expect(text)
      .to.include('onhand_publish_rows_sum{engine="stock"} 1')
      .and.include('onhand_publish_seconds_count{engine="stock"} 1');
    const records = await onhand.read('stockDeadLetter');
    expect(records.map(({ partition }) => partition)).to.deep.equal([1]);
  });
});
