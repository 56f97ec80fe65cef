import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { readProgress } from '../storage/progress.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { OutboxPruner } from './outboxPruner.ts';

const sku = 'PRUNED';

describe('OutboxPruner', function () {
  this.timeout(180_000);
  let installation: TestInstallation;
  let lane: number;

  before(async () => {
    installation = await testInstallation();
    lane = partitionOf(sku, installation.settings.ONHAND_PARTITIONS);
    const processor = await installation.startProcessor();
    const receive = { kind: 'ReceiveStock', sku, location: 'main', quantity: 1 } as const;
    const ids = Array.from({ length: 30 }, (_, index) => `receive-${index}`);
    await installation.send(ids.map((commandId) => ({ ...receive, commandId })));
    await installation.settled();
    await processor.stop();
  });
  after(() => installation.close());

  const sequences = async () => {
    const [rows] = await installation.pool.query<(RowDataPacket & { sequence: number })[]>(
      'SELECT sequence FROM outbox WHERE lane = ? ORDER BY sequence',
      [lane],
    );
    return rows.map(({ sequence }) => sequence);
  };
  const prune = async (memoryMs: number) => {
    const { pool } = installation;
    const progress = await readProgress(pool, 'stock', lane);
    await new OutboxPruner(pool, silentLogger, memoryMs, () => [progress!]).prune();
  };

  it('keeps rows whose commands are still remembered', async () => {
    await prune(60_000);
    expect(await sequences()).to.have.length(30);
  });

  it('keeps rows that are not known to be published, and deletes older ones', async () => {
    const { pool } = installation;
    await pool.query('UPDATE publications SET published = 12 WHERE lane = ?', [lane]);
    await prune(-1);
    expect(await sequences()).to.deep.equal(Array.from({ length: 18 }, (_, index) => index + 13));
  });

  it('deletes all that is published once its commands are forgotten', async () => {
    const { pool } = installation;
    await pool.query('UPDATE publications SET published = 30 WHERE lane = ?', [lane]);
    const before = await readProgress(pool, 'stock', lane);
    const pruner = new OutboxPruner(pool, silentLogger, -1, () => [before!]);
    await pool.query('UPDATE progress SET epoch = epoch + 1 WHERE lane = ?', [lane]);
    await pruner.prune();
    expect(await sequences(), 'of a lane that is another’s').to.have.length(18);
    await prune(-1);
    expect(await sequences()).to.deep.equal([]);
  });
});
