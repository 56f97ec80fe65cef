import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { Processor } from '../src/cli/processor.ts';
import { consumerGroup } from '../src/messaging/kafkaNames.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { type CliChild, startCli } from '../src/testing/cliChild.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { settingsEnv } from '../src/testing/settingsEnv.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

interface Lane {
  lane: number;
  nextOffset: number;
  epoch: number;
  owner: string;
}

describe('processors that share the lanes', function () {
  this.timeout(180_000);
  const skus = Array.from({ length: 40 }, (_, index) => `sku-${index}`);
  let onhand: TestInstallation;
  let first: Processor;
  let second: CliChild;
  before(async () => {
    onhand = await testInstallation({ ONHAND_PARTITIONS: 4 });
    first = await onhand.startProcessor();
  });
  after(async () => {
    second?.process.kill('SIGKILL');
    await first?.stop();
    await onhand?.close();
  });

  const lanes = async () => {
    const [rows] = await onhand.pool.query<(RowDataPacket & Lane)[]>(
      `SELECT lane, next_offset AS nextOffset, epoch, owner FROM progress
       WHERE engine = 'stock' ORDER BY lane`,
    );
    return rows;
  };
  const lanesOf = async (pid: number | undefined) =>
    (await lanes()).filter(({ owner }) => owner.endsWith(`:${pid}`)).length;
  const sendRound = () => onhand.send(skus.map((sku) => commandsFor(sku).receive(1)));

  it('hands half of its lanes to a second one', async () => {
    await sendRound();
    await waitUntil('all lanes', async () => (await lanesOf(process.pid)) === 4);
    second = startCli(['run'], settingsEnv(onhand.settings));
    await sendRound();
    await waitUntil('two lanes each', async () => (await lanesOf(second.process.pid)) === 2);
    await sendRound();
    await onhand.settled();
    expect(await lanesOf(process.pid)).to.equal(2);
  });

  it('takes them back when the second one ends', async () => {
    second.process.kill('SIGTERM');
    await sendRound();
    expect((await second.ended).code).to.equal(0);
    await waitUntil('all lanes', async () => (await lanesOf(process.pid)) === 4);
    await sendRound();
    await onhand.settled();
  });

  it('claims a lane again that somebody else has claimed', async () => {
    const lane = partitionOf(skus[0]!, 4);
    const before = (await lanes())[lane]!.epoch;
    await onhand.pool.query('UPDATE progress SET epoch = epoch + 1 WHERE lane = ?', [lane]);
    await sendRound();
    await onhand.settled();
    expect((await lanes())[lane]!.epoch).to.be.at.least(before + 2);
  });

  it('answered every command once, in order, throughout', async () => {
    const events = await onhand.events();
    expect(events).to.have.length(6 * skus.length);
    expectUnbroken(events);
    expect(await storedStock(onhand.pool)).to.deep.equal(foldedStock(events));
  });

  it('leaves its position with the group when it stops', async () => {
    await first.stop();
    const groupId = consumerGroup(onhand.settings, 'stock');
    const topics = [onhand.topics.stockCommands.name];
    const [committed] = await onhand.admin.fetchOffsets({ groupId, topics });
    for (const { lane, nextOffset } of await lanes()) {
      const position = committed?.partitions.find(({ partition }) => partition === lane);
      expect(position?.offset, `lane ${lane}`).to.equal(String(nextOffset));
    }
    first = await onhand.startProcessor();
  });
});
