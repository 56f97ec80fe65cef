import { expect } from 'chai';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { ensureTopics } from '../messaging/topicAdmin.ts';
import { topicRegistry } from '../messaging/topics.ts';
import type { HealthReport } from '../ops/healthReport.ts';
import { migrate } from '../storage/migrate.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { runCli } from '../testing/cliChild.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { createDatabase, dropDatabase } from '../testing/throwawayDatabase.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { holds, verifyEngines } from '../verify/verifyEngines.ts';
import type { Processor } from './processor.ts';

const { receive } = commandsFor('tea');
const lane = partitionOf('tea', 3);
const received = (count: number) => Array.from({ length: count }, () => receive(1));

describe('a processor that outlives its database', function () {
  this.timeout(120_000);
  const made: TestInstallation[] = [];
  const running: Processor[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((processor) => processor.stop()));
    for (const onhand of made.splice(0).reverse()) await onhand.close();
  });

  const install = async (...given: Parameters<typeof testInstallation>) => {
    const onhand = await testInstallation(...given);
    made.push(onhand);
    return onhand;
  };
  const start = async (onhand: TestInstallation) => {
    const processor = await onhand.startProcessor();
    running.push(processor);
    return processor;
  };
  const stop = async (processor: Processor) => {
    running.splice(running.indexOf(processor), 1);
    await processor.stop();
  };
  const makeAnew = async ({ settings }: TestInstallation) => {
    await dropDatabase(settings);
    await createDatabase(settings);
    await migrate(settings);
  };
  /** One that has published more than it has noted: that waits some seconds, or for its end. */
  const orphan = async (onhand: TestInstallation) => {
    const processor = await start(onhand);
    await onhand.send(received(1));
    await onhand.settled();
    await onhand.send(received(20));
    await onhand.settled();
    return processor;
  };
  const sequences = async (onhand: TestInstallation) =>
    (await onhand.events()).map(({ sequence }) => sequence);
  const counted = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  it('leaves no note in the next one, whose topics begin anew', async () => {
    const before = await install();
    const old = await orphan(before);
    await makeAnew(before);
    // As the next demo does: the same database, topics with another prefix.
    const ONHAND_TOPIC_PREFIX = `${before.settings.ONHAND_TOPIC_PREFIX}next-`;
    const after = await install({ ...before.settings, ONHAND_TOPIC_PREFIX });
    const settings = { ...after.settings };
    settings.ONHAND_MYSQL_DATABASE = before.settings.ONHAND_MYSQL_DATABASE;
    const next: TestInstallation = { ...after, settings, pool: before.pool };
    await ensureTopics(next.admin, topicRegistry(settings));
    await stop(old);
    const { startProcessor } = await import('./processor.ts');
    const { silentLogger } = await import('../testing/kafkaFixture.ts');
    running.push(
      await startProcessor(settings, silentLogger, (error) => {
        throw error;
      }),
    );
    await next.send(received(3));
    await waitUntil('the events', async () => (await sequences(next)).length >= 3);
    expect(await sequences(next)).to.deep.equal(counted(3));
  });

  it('leaves no note in the next one on the same topics, and nothing comes twice', async () => {
    const onhand = await install();
    const old = await orphan(onhand);
    await makeAnew(onhand);
    await stop(old);
    await start(onhand);
    await onhand.send(received(4));
    await onhand.settled();
    await waitUntil('the events', async () => (await sequences(onhand)).length >= 25);
    expect(await sequences(onhand)).to.deep.equal(counted(25));
    expect(holds(await verifyEngines(onhand.settings))).to.be.true;
  });
});

describe('more that is said to be published than a lane has made', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  beforeEach(async () => {
    onhand = await testInstallation();
    const processor = await onhand.startProcessor();
    await onhand.send(received(5));
    await onhand.settled();
    await processor.stop();
  });
  afterEach(() => onhand?.close());

  /** What a processor says of the lane that is started now; a command comes meanwhile. */
  const halted = async () => {
    const processor = await onhand.startProcessor();
    await onhand.send(received(1));
    let reason = '';
    const isNamed = async () => {
      const response = await fetch(`${processor.url}/health`);
      const { problems } = (await response.json()) as HealthReport;
      const found = problems.find((it) => it.code === 'PUBLISHED_BEYOND_OUTBOX');
      reason = `${found?.engine} ${found?.lane} ${found?.state}: ${found?.reason}`;
      return found?.state === 'halted';
    };
    await waitUntil('the halted lane', isNamed).finally(() => processor.stop());
    return reason;
  };
  const goesOn = async () => {
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
    const events = (await onhand.events()).map(({ sequence }) => sequence);
    expect(events).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(holds(await verifyEngines(onhand.settings))).to.be.true;
  };

  it('in the database: the lane halts by name, and loses nothing', async () => {
    await onhand.pool.query(
      "UPDATE publications SET published = 900 WHERE engine = 'stock' AND lane = ?",
      [lane],
    );
    expect(await halted())
      .to.include(`stock ${lane} halted`)
      .and.include('up to 900');
    await onhand.pool.query(
      "UPDATE publications SET published = 0, publisher = NULL WHERE engine = 'stock'",
    );
    await goesOn();
  });

  it('by the cursor on Kafka: the lane halts by name, and loses nothing', async () => {
    const { admin, settings, topics } = onhand;
    const at = (offset: string) =>
      admin.setOffsets({
        groupId: cursorGroup(settings, 'stock'),
        topic: topics.stockEvents.name,
        partitions: [{ partition: lane, offset }],
      });
    await at('900');
    expect(await halted())
      .to.include(`stock ${lane} halted`)
      .and.include('up to 900');
    await at('5');
    await goesOn();
  });
});

describe('a database of another installation', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
    await (await onhand.startProcessor()).stop();
  });
  after(() => onhand?.close());

  const commands = [['run'], ['migrate'], ['lag'], ['operations'], ['replay', 'rebuild', '--yes']];
  for (const args of commands) {
    it(`is refused by name to \`onhand ${args.join(' ')}\`: another prefix`, async () => {
      const settings = { ...onhand.settings };
      settings.ONHAND_TOPIC_PREFIX += 'other-';
      await ensureTopics(onhand.admin, topicRegistry(settings));
      const env = settingsEnv(settings);
      expectOneError(await runCli(args, env), 'INSTALLATION_FOREIGN', env);
      const names = Object.values(topicRegistry(settings)).map(({ name }) => name);
      await onhand.admin.deleteTopics({ topics: names });
    });
  }

  it('is refused by name where it belongs to another cluster', async () => {
    const mark = (id: string) => onhand.pool.query('UPDATE installation SET cluster_id = ?', [id]);
    const { clusterId } = await onhand.admin.describeCluster();
    await mark('elsewhere');
    const env = settingsEnv(onhand.settings);
    for (const args of [['run'], ['lag']]) {
      expectOneError(await runCli(args, env), 'INSTALLATION_FOREIGN', env);
    }
    await mark(clusterId);
  });
});
