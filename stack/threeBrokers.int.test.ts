import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../src/config/loadSettings.ts';
import { packageRoot } from '../src/config/packageRoot.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { runCli } from '../src/testing/cliChild.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { settingsEnv } from '../src/testing/settingsEnv.ts';
import { chooseMode } from './chooseMode.ts';
import type { ServerStatus } from './stackStatus.ts';

const patienceMs = 180_000;

describe('a stack of three brokers', function () {
  this.timeout(2 * patienceMs);
  let copy: string;
  before('only where servers are processes', function () {
    if (chooseMode() === 'docker') this.skip();
    // A checkout of its own, whose stack is not the one that the other tests work with.
    copy = mkdtempSync(join(tmpdir(), 'onhand-brokers-'));
    const filter = (path: string) => !path.includes('.test.');
    for (const name of ['dist', 'schemas', 'stack', 'package.json']) {
      cpSync(join(packageRoot, name), join(copy, name), { recursive: true, filter });
    }
    symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  });
  after(async function () {
    if (copy === undefined) return;
    await stack('reset', '--yes');
    rmSync(copy, { recursive: true });
  });

  const onhand = (...args: string[]) => {
    const { ONHAND_MYSQL_HOST, ONHAND_MYSQL_PORT, ONHAND_REDIS_HOST, ONHAND_REDIS_PORT } =
      loadSettings().values;
    const given = { ONHAND_MYSQL_HOST, ONHAND_MYSQL_PORT, ONHAND_REDIS_HOST, ONHAND_REDIS_PORT };
    const program = join(copy, 'dist', 'src', 'cli', 'main.js');
    return runCli(args, settingsEnv(given), {
      folder: copy,
      timeoutMs: patienceMs,
      program: [program],
    });
  };
  const stack = (...args: string[]) => onhand('stack', ...args);
  const brokers = async (...args: string[]) => {
    const { code, stdout, stderr } = await stack(...args, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return (JSON.parse(stdout) as ServerStatus[]).filter(({ server }) => server.includes('kafka'));
  };

  it('copies each topic to all, and starts a killed broker again where it was', async () => {
    const first = await brokers('up', '--brokers', '3');
    expect(first.map(({ server, state }) => [server, state])).to.deep.equal(
      ['kafka', 'kafka-2', 'kafka-3'].map((name) => [name, 'running']),
    );

    expect((await onhand('topics', 'ensure')).code).to.equal(0);
    const given = first.map(({ address }) => address).join(',');
    const settings = { ...loadSettings().values, ONHAND_KAFKA_BROKERS: given };
    const admin = await connectAdmin(settings, silentLogger);
    const { topics } = await admin.fetchTopicMetadata({ topics: ['stock.commands'] });
    await admin.disconnect();
    for (const { replicas } of topics[0]!.partitions) {
      expect(replicas).to.have.members([1, 2, 3]);
    }

    process.kill(first[1]!.pid!, 'SIGKILL');
    const second = await brokers('up');
    expect(second.map(({ address, state }) => [address, state])).to.deep.equal(
      first.map(({ address }) => [address, 'running']),
    );
    const pids = [first, second].map((rows) => rows.map(({ pid }) => pid));
    expect(pids[1]![0]).to.equal(pids[0]![0]);
    expect(pids[1]![1]).to.not.equal(pids[0]![1]);

    const { code, stderr } = await stack('up', '--brokers', '1');
    expect(code).to.equal(1);
    expect(stderr).to.include('STACK_BROKERS');
    expect((await stack('down')).code).to.equal(0);
    const rest = JSON.parse((await stack('status', '--json')).stdout) as ServerStatus[];
    expect(rest.map(({ state }) => state)).to.deep.equal([
      ...['stopped', 'stopped', 'stopped'],
      ...['running', 'running'],
    ]);
  });
});
