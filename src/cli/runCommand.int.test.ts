import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { Settings } from '../config/settings.ts';
import { ensureTopics } from '../messaging/topicAdmin.ts';
import { type Topic, type TopicRole, topicRegistry } from '../messaging/topics.ts';
import type { ErrorCode } from '../ops/errorCodes.ts';
import { type CliChild, type CliResult, runCli, startCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectNoSecrets, expectOneError } from '../testing/expectOneError.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';

const secret = 'planted-secret';

describe('onhand run', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let empty: TestDatabase;
  let closedPort: number;
  /** Takes connections and never says a word. */
  let silent: Server;
  const children: CliChild[] = [];
  const prefixes: string[] = [];
  before(async () => {
    onhand = await testInstallation();
    empty = await testDatabase({}, false);
    silent = createServer((socket) => socket.on('error', () => undefined));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    closedPort = (closed.address() as AddressInfo).port;
    await once(closed.close(), 'close');
    // Most of them wait most of the time.
    await Promise.all([0, 1, 2, 3].map(runCases));
  });
  after(async () => {
    for (const child of children) child.process.kill('SIGKILL');
    silent?.close();
    const names = prefixes.flatMap((prefix) => namesOf(prefix));
    if (names.length > 0) await onhand.admin.deleteTopics({ topics: names });
    await empty?.close();
    await onhand?.close();
  });

  const envOf = (more: Partial<Settings>) => settingsEnv({ ...onhand.settings, ...more });
  const registryOf = (ONHAND_TOPIC_PREFIX: string) =>
    topicRegistry({ ...onhand.settings, ONHAND_TOPIC_PREFIX, ONHAND_PARTITIONS: 1 });
  const namesOf = (prefix: string) =>
    Object.values<Topic>(registryOf(prefix)).map(({ name }) => name);

  /** Settings with topics of their own, one of which somebody has altered. */
  async function altered(role: TopicRole, setting: string, value: string) {
    const prefix = `${onhand.settings.ONHAND_TOPIC_PREFIX}${role}-`;
    prefixes.push(prefix);
    const registry = registryOf(prefix);
    await ensureTopics(onhand.admin, registry);
    const { TOPIC } = kafkajs.ConfigResourceTypes;
    const configEntries = [{ name: setting, value }];
    await onhand.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC, name: registry[role].name, configEntries }],
    });
    return { ONHAND_TOPIC_PREFIX: prefix, ONHAND_PARTITIONS: 1 };
  }

  type Case = [what: string, code: ErrorCode, change: () => Partial<Settings> | Promise<object>];
  const cases: Case[] = [
    [
      'no broker answers',
      'KAFKA_UNREACHABLE',
      () => ({ ONHAND_KAFKA_BROKERS: `127.0.0.1:${closedPort}` }),
    ],
    [
      'the broker takes no passwords',
      'KAFKA_AUTH_FAILED',
      () => ({
        ONHAND_KAFKA_SASL_MECHANISM: 'plain',
        ONHAND_KAFKA_SASL_USERNAME: 'onhand',
        ONHAND_KAFKA_SASL_PASSWORD: secret,
      }),
    ],
    ['no MySQL answers', 'MYSQL_UNREACHABLE', () => ({ ONHAND_MYSQL_PORT: closedPort })],
    [
      'the password for MySQL is wrong',
      'MYSQL_AUTH_FAILED',
      () => ({ ONHAND_MYSQL_APP_PASSWORD: secret }),
    ],
    [
      'the database is empty',
      'MYSQL_SCHEMA_MISSING',
      () => ({ ONHAND_MYSQL_DATABASE: empty.settings.ONHAND_MYSQL_DATABASE }),
    ],
    [
      'there is no such database',
      'MYSQL_SCHEMA_MISSING',
      () => ({ ONHAND_MYSQL_DATABASE: 'onhand_t_none' }),
    ],
    ['the topics are missing', 'TOPIC_MISSING', () => ({ ONHAND_TOPIC_PREFIX: 't-none-' })],
    [
      'the topics have another partition count',
      'PARTITION_COUNT_CHANGED',
      () => ({ ONHAND_PARTITIONS: 4 }),
    ],
    [
      'commands are stamped by their senders',
      'TOPIC_NOT_LOG_APPEND_TIME',
      () => altered('stockCommands', 'message.timestamp.type', 'CreateTime'),
    ],
    [
      'events are compacted',
      'TOPIC_WRONG_POLICY',
      () => altered('stockEvents', 'cleanup.policy', 'compact'),
    ],
    [
      'its HTTP port is taken',
      'HTTP_ADDRESS_UNUSABLE',
      () => ({ ONHAND_HTTP_PORT: (silent.address() as AddressInfo).port }),
    ],
  ];

  const outcomes = new Map<string, { env: NodeJS.ProcessEnv; result: CliResult }>();
  const waiting = [...cases];
  async function runCases(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const env = envOf(await next[2]());
      outcomes.set(next[0], { env, result: await runCli(['run'], env) });
    }
  }

  for (const [what, code] of cases) {
    it(`says ${code} when ${what}`, () => {
      const { env, result } = outcomes.get(what)!;
      expectOneError(result, code, env);
    });
  }

  it('adds a stack trace when asked to, and still no secret', async () => {
    const env = envOf({ ONHAND_MYSQL_APP_PASSWORD: secret, ONHAND_LOG_LEVEL: 'trace' });
    const result = await runCli(['--verbose', 'run'], env);
    expectOneError(result, 'MYSQL_AUTH_FAILED', env, true);
  });

  const start = (env: NodeJS.ProcessEnv) => {
    const child = startCli(['run'], env);
    children.push(child);
    let output = '';
    child.process.stdout?.on('data', (text: string) => (output += text));
    const said = (message: string) => waitUntil(message, () => output.includes(message));
    return { ...child, said };
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with exit code 0 at ${signal}, and says nothing on stderr`, async () => {
      const env = envOf({});
      const child = start(env);
      await child.said('processor started');
      const begun = performance.now();
      child.process.kill(signal);
      const { code, stdout, stderr } = await child.ended;
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(performance.now() - begun).to.be.below(20_000);
      expect(stdout).to.include('processor stopped');
      expectNoSecrets(stdout, env);
    });
  }

  it('ends at SIGTERM while it still waits for an answer of Kafka', async () => {
    const { port } = silent.address() as AddressInfo;
    const child = start(envOf({ ONHAND_KAFKA_BROKERS: `127.0.0.1:${port}` }));
    await child.said('processor starting');
    const begun = performance.now();
    child.process.kill('SIGTERM');
    const { code, stderr } = await child.ended;
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(performance.now() - begun).to.be.below(20_000);
  });

  it('ends at SIGTERM in the middle of joining the group anew', async () => {
    const child = start(envOf({ ONHAND_SESSION_TIMEOUT_SECONDS: 1 }));
    await child.said('processor started');
    await onhand.send([commandsFor('pause').receive(1)]);
    await onhand.settled();
    child.process.kill('SIGSTOP');
    await sleep(1500);
    child.process.kill('SIGTERM');
    child.process.kill('SIGCONT');
    const begun = performance.now();
    expect((await child.ended).code).to.equal(0);
    expect(performance.now() - begun).to.be.below(20_000);
  });
});
