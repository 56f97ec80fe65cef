import { expect } from 'chai';
import { expectOneError } from '../testing/expectOneError.ts';
import { HandFedLane } from '../testing/handFedLane.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { runCli } from '../testing/cliChild.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { ViewWriter } from '../view/viewWriter.ts';

const item = (sku: string) => `onhand:v-:{${sku}}:level:main`;

interface Checked {
  ok: boolean;
  levels: number;
  differing: number;
  lanes: { lane: number; state: string }[];
  findings: { sku: string; what: string }[];
}

describe('onhand view', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let database: TestDatabase;
  let lane: HandFedLane;
  before(async () => {
    redis = await ThrowawayRedis.start();
    database = await testDatabase({
      ...redis.settings,
      ONHAND_REDIS_PASSWORD: undefined,
      ONHAND_PARTITIONS: 1,
      ONHAND_TOPIC_PREFIX: 'v-',
    });
    lane = await HandFedLane.claim(database);
    await lane.receive('tea', 'cup', 'pot', 'tea');
  });
  after(async () => {
    await database?.close();
    await redis?.close();
  });

  const view = (...args: string[]) => runCli(['view', ...args], settingsEnv(database.settings));
  const check = async () => {
    const { code, stdout } = await view('check', '--json');
    return { code, ...(JSON.parse(stdout) as Checked) };
  };
  const found = ({ findings }: Checked) => {
    return Object.fromEntries(findings.map(({ sku, what }) => [sku, what]));
  };

  it('check finds every level missing in an empty Redis, and rebuild puts them there', async () => {
    const before = await check();
    expect(before).to.include({ code: 1, ok: false, levels: 3, differing: 3 });
    expect(found(before)).to.deep.equal({ tea: 'missing', cup: 'missing', pot: 'missing' });
    const { code, stdout } = await view('rebuild');
    expect({ code, stdout }).to.deep.equal({
      code: 0,
      stdout: '3 stock items, 3 levels brought up to date, 0 wrong ones mended\n',
    });
    expect(await check()).to.include({ code: 0, ok: true, levels: 3, differing: 0 });
    const again = await view('rebuild', '--json');
    expect(JSON.parse(again.stdout)).to.deep.equal({ levels: 3, set: 0, mended: 0 });
  });

  it('check finds what is wrong in any way, and rebuild mends it', async () => {
    await redis.ask(async (client) => {
      await client.hset(item('tea'), 'sequence', 1);
      await client.hset(item('cup'), 'sequence', 99);
      await client.hset(item('pot'), 'onHand', 50);
      const log = (await client.hget(item('pot'), 'log'))!;
      await client.hset(item('ghost'), { log, sequence: 1, onHand: 1, reserved: 0, time: 1 });
      // Another installation's, whose prefix begins like ours.
      await client.hset(item('other'), { log: 'o'.repeat(22), sequence: 1, onHand: 1 });
    });
    const wrong = await check();
    expect(wrong.code).to.equal(1);
    expect(found(wrong)).to.deep.equal({
      tea: 'behind',
      cup: 'ahead',
      pot: 'other quantities',
      ghost: 'not in MySQL',
    });
    const { code, stdout } = await view('check');
    expect(code).to.equal(1);
    expect(stdout).to.include('✗ levels in Redis = levels in MySQL (3 stock items in 1 lanes)');
    expect(stdout).to.match(/cup +│ main +│ ahead +│ 1\/0 at 1 +│ 1\/0 at 99/);

    expect(JSON.parse((await view('rebuild', '--json')).stdout)).to.include({ set: 1, mended: 3 });
    expect(await check()).to.include({ code: 0, differing: 0 });
    const keys = await redis.ask((client) => client.keys('*level*'));
    expect(keys).to.have.members(['tea', 'cup', 'pot', 'other'].map(item));
  });

  it('check tells which lanes a processor follows, and finds nothing while it does', async () => {
    expect((await check()).lanes).to.deep.equal([{ lane: 0, state: 'not followed' }]);
    const writer = new ViewWriter(database.settings, silentLogger);
    try {
      const follower = writer.follow(lane.claim);
      await waitUntil('the first step', () => writer.lanesBehind === 0);
      let offering = true;
      const offers = (async () => {
        while (offering) follower.offer(await lane.receive('tea', 'cup'));
      })();
      expect(await check()).to.deep.include({
        ok: true,
        lanes: [{ lane: 0, state: 'followed' }],
      });
      const { code, stdout } = await view('rebuild', '--json');
      offering = false;
      await offers;
      expect({ code, ...JSON.parse(stdout) }).to.include({ code: 0, mended: 0 });
    } finally {
      await writer.stop();
    }
    expect(await check()).to.include({ ok: true });
  });

  it('says so when Redis is away, and when MySQL is', async () => {
    const env = settingsEnv({ ...database.settings, ONHAND_REDIS_PORT: 1 });
    expectOneError(await runCli(['view', 'check'], env), 'REDIS_UNREACHABLE', env);
    const mysql = settingsEnv({ ...database.settings, ONHAND_MYSQL_PORT: 1 });
    expectOneError(await runCli(['view', 'rebuild'], mysql), 'MYSQL_UNREACHABLE', mysql);
    await redis.ask((client) => client.config('SET', 'requirepass', 'planted-secret'));
    const wrong = settingsEnv({ ...database.settings, ONHAND_REDIS_PASSWORD: 'another-secret' });
    expectOneError(await runCli(['view', 'check'], wrong), 'REDIS_AUTH_FAILED', wrong);
  });
});
