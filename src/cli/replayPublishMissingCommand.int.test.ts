import { expect } from 'chai';
import { createKafka } from '../messaging/kafkaClient.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { MendedLane } from '../missing/publishMissing.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { skipRows } from '../testing/skipRows.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';

const lane = partitionOf('tea', 3);

describe('onhand replay publish-missing', function () {
  this.timeout(300_000);
  let onhand: TestInstallation;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    onhand = await testInstallation();
    env = settingsEnv(onhand.settings);
    // The first event, and a dead letter between two others.
    await skipRows(onhand, 'stock', lane, 1);
    await onhand.send([commandsFor('tea').receive(10)]);
    await lived();
    await onhand.send([commandsFor('tea').receive(1)]);
    await lived();
    await skipRows(onhand, 'stock', lane, 2);
    const junk = ['one', 'two', 'one'].map((text) => {
      return { key: 'tea', value: Buffer.from(text), partition: lane };
    });
    await onhand.sendRaw(junk);
    await lived();
  });
  after(() => onhand?.close());

  /** Lets a processor apply what is there. */
  const lived = async () => {
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
  };
  const run = (...args: string[]) => runCli(['replay', ...args], env, { timeoutMs: 60_000 });

  it('says what it would send, and sends nothing', async () => {
    const { code, stdout, stderr } = await run('publish-missing');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/stock +│ +\d │ t-\w+-stock\.events +│ event +│ +1 │ +1 │ +1/);
    expect(stdout).to.match(/dead-letter +│ +2 │ +3 │ +4/);
    expect(stdout).to.include('✗ 3 messages and 0 levels would be sent: add --yes (6 lanes)');
    expect(await onhand.read('stockDeadLetter')).to.have.length(1);
  });

  it('sends it, and verify says that it stands late', async () => {
    const verified = await run('verify');
    expect(verified.code).to.equal(1);
    const { code, stdout, stderr } = await run('publish-missing', '--engine', 'stock', '--yes');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.include('✓ 3 messages and 0 levels were sent');
    const letters = await onhand.read('stockDeadLetter');
    // The letters of the same bytes are told apart by the offset at which they were received.
    const offsets = letters.map(({ headers }) => String(headers['onhand-offset'])).toSorted();
    expect(offsets).to.deep.equal(['2', '3', '4']);
    const again = await run('verify');
    expect({ code: again.code, stderr: again.stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(again.stdout).to.include(`late on stock lane ${lane}: 1 records of `);
    expect(again.stdout).to.include(`late on stock lane ${lane}: 2 records of `);
  });

  it('names what is doubled, which nothing can take back', async () => {
    const [first] = (await onhand.read('stockEvents')).filter(
      ({ partition }) => partition === lane,
    );
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer();
    await producer.connect();
    await producer.send({ topic: onhand.topics.stockEvents.name, messages: [first!] });
    await producer.disconnect();
    const { eventId, sequence } = decodeStockEvent(first!.value);
    const { code, stdout } = await run('publish-missing', '--json', '--partition', String(lane));
    expect(code).to.equal(0);
    const { sent, lanes } = JSON.parse(stdout) as { sent: boolean; lanes: MendedLane[] };
    expect(sent).to.be.false;
    const stock = lanes.find(({ engine }) => engine === 'stock')!;
    expect(stock).to.include({ strayCount: 1, lateCount: 3 });
    const stray = { is: 'doubled', id: eventId, item: 'tea at main', sequence };
    expect(stock.strays[0]).to.include({ ...stray, partition: lane });
    const told = await run('publish-missing', '--yes');
    expect(told.stdout).to.include('✓ nothing is missing on Kafka');
    expect(told.stdout).to.include(eventId);
    expect(told.stdout).to.include('✗ doubled or out of order: 1 records');
  });

  it('refuses a partition that there is not', async () => {
    expectOneError(await run('publish-missing', '--partition', '7'), 'PARTITION_UNKNOWN', env);
  });
});
