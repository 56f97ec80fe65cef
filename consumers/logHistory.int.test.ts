import { expect } from 'chai';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import type { HealthReport } from '../src/ops/healthReport.ts';
import type { Processor } from '../src/cli/processor.ts';
import { readProgress } from '../src/storage/progress.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

describe('the last applied record of a lane', function () {
  this.timeout(180_000);
  const tea = commandsFor('tea');
  const lane = partitionOf('tea', 3);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  beforeEach(async () => {
    onhand = await testInstallation();
    await restart();
    await onhand.send([tea.receive(1), tea.receive(1)]);
    await onhand.settled();
  });
  afterEach(async () => {
    await stop();
    await onhand?.close();
  });

  async function stop(): Promise<void> {
    const running = processor;
    processor = undefined;
    await running?.stop();
  }
  async function restart(): Promise<void> {
    await stop();
    processor = await onhand.startProcessor();
  }
  const applied = async () => (await readProgress(onhand.pool, 'stock', lane))?.applied;
  const forge = (set: string) =>
    onhand.pool.query(`UPDATE progress SET ${set} WHERE engine = 'stock' AND lane = ?`, [lane]);
  const problems = async () => {
    const response = await fetch(`${processor?.url}/health`);
    return ((await response.json()) as HealthReport).problems;
  };
  const goesOn = async () => {
    const before = await readProgress(onhand.pool, 'stock', lane);
    await onhand.send([tea.receive(1)]);
    await onhand.settled();
    const after = await readProgress(onhand.pool, 'stock', lane);
    expect(after?.nextOffset).to.equal(before!.nextOffset + 1);
    expect(after?.applied?.offset).to.equal(before!.nextOffset);
  };

  it('is noted with every slice', async () => {
    const noted = await applied();
    expect(noted).to.include({ offset: 1 });
    expect(noted?.digest).to.have.length(22);
    await restart();
    await goesOn();
  });

  for (const [what, set] of [
    ['other bytes', `applied_digest = '${'x'.repeat(22)}'`],
    ['the same bytes appended at another time', 'applied_time = applied_time - 1'],
  ] as const) {
    it(`halts the lane when its log holds ${what} there`, async () => {
      await stop();
      await forge(set);
      await restart();
      await waitUntil('the halt', async () =>
        (await problems()).some(({ state }) => state === 'halted'),
      );
      const [problem] = (await problems()).filter(({ state }) => state === 'halted');
      expect(problem).to.include({ engine: 'stock', lane, code: 'TOPIC_REPLACED' });
      expect(problem?.reason).to.include('from offset 1 on').and.include('at offset 1 ');
      expect(problem?.hint).not.to.be.empty;
      expect((await readProgress(onhand.pool, 'stock', lane))?.nextOffset).to.equal(2);
    });
  }

  it('is not asked for when retention has deleted it', async () => {
    const topic = onhand.topics.stockCommands.name;
    await onhand.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: lane, offset: '2' }],
    });
    await restart();
    await goesOn();
  });

  it('is unknown of an installation from before, until the next slice', async () => {
    await stop();
    await forge('applied_offset = NULL, applied_time = NULL, applied_digest = NULL');
    await restart();
    await goesOn();
  });

  it('is found before markers and what was aborted', async () => {
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer({
      transactionalId: onhand.topics.stockCommands.name,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const topic = onhand.topics.stockCommands.name;
    for (const end of ['commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      const value = encodeStockCommand(tea.receive(1));
      await transaction.send({ topic, messages: [{ key: 'tea', value, partition: lane }] });
      await transaction[end]();
    }
    await producer.disconnect();
    await onhand.settled();
    // Two records, one of the transaction, its marker, one that was aborted, its marker.
    const progress = await readProgress(onhand.pool, 'stock', lane);
    expect(progress?.nextOffset).to.equal(6);
    expect(progress?.applied?.offset).to.equal(2);
    await restart();
    await goesOn();
  });
});
