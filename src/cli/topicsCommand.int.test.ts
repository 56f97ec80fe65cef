import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { onhandProgram } from '../config/onhandProgram.ts';
import { type Topic, type TopicRegistry, topicRegistry } from '../messaging/topics.ts';
import { type KafkaFixture, kafkaFixture } from '../testing/kafkaFixture.ts';

const run = promisify(execFile);

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

describe('onhand topics', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  let env: Record<string, string>;
  let registry: TopicRegistry;
  before(async () => {
    kafka = await kafkaFixture();
    env = { ONHAND_TOPIC_PREFIX: `${kafka.newName()}.`, ONHAND_PARTITIONS: '2' };
    registry = topicRegistry({
      ONHAND_TOPIC_PREFIX: env.ONHAND_TOPIC_PREFIX!,
      ONHAND_PARTITIONS: 2,
      ONHAND_REPLICATION_FACTOR: 1,
    });
  });
  after(async () => {
    const topics = Object.values<Topic>(registry).map(({ name }) => name);
    await kafka.admin.deleteTopics({ topics });
    await kafka.close();
  });

  async function topics(args: string[], more: Record<string, string> = {}): Promise<Outcome> {
    const options = { env: { ...process.env, ...env, ...more }, timeout: 30_000 };
    try {
      return {
        code: 0,
        ...(await run(process.execPath, [...onhandProgram, 'topics', ...args], options)),
      };
    } catch (error) {
      return error as Outcome;
    }
  }

  it('says what is missing, creates it and finds all well', async () => {
    const missing = await topics(['check']);
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.include('TOPIC_MISSING').and.include(registry.stockLevels.name);

    const dry = await topics(['ensure', '--dry-run', '--json']);
    expect(dry.code).to.equal(0);
    expect((JSON.parse(dry.stdout) as { missing: string[] }).missing).to.have.length(7);

    const made = await topics(['ensure']);
    expect(made.code).to.equal(0);
    expect(made.stdout).to.match(/stock\.commands .*created/);

    const checked = await topics(['check', '--json']);
    expect(checked.code).to.equal(0);
    expect((JSON.parse(checked.stdout) as { findings: [] }).findings).to.deep.equal([]);
  });

  it('refuses another partition count', async () => {
    const { code, stderr, stdout } = await topics(['check'], { ONHAND_PARTITIONS: '3' });
    expect(code).to.equal(1);
    expect(stderr).to.include('PARTITION_COUNT_CHANGED').and.include('ONHAND_PARTITIONS');
    expect(stdout).to.include('partitions is 2');
  });

  it('names the brokers when there are none', async () => {
    const { code, stderr } = await topics(['check'], { ONHAND_KAFKA_BROKERS: '127.0.0.1:1' });
    expect(code).to.equal(4);
    expect(stderr).to.include('KAFKA_UNREACHABLE').and.include('127.0.0.1:1');
    expect(stderr.split('\n').length).to.be.below(5);
  });
});
