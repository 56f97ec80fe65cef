import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../config/loadSettings.ts';
import { messageOf } from '../ops/errors.ts';
import { MovableAddress } from '../testing/movableAddress.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { ViewRig } from '../testing/viewRig.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { askRedis, openViewClient } from './viewClient.ts';

describe('connections to Redis that only new ones can mend', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let other: ThrowawayRedis;
  before(async () => {
    [redis, other] = await Promise.all([ThrowawayRedis.start(), ThrowawayRedis.start()]);
  });
  after(async () => {
    await redis?.close();
    await other?.close();
  });

  it('follows, and is read, where the address leads after a fail-over', async () => {
    const target = (to: ThrowawayRedis) => {
      const { ONHAND_REDIS_HOST: host, ONHAND_REDIS_PORT: port } = to.settings;
      return { host, port };
    };
    const address = await MovableAddress.open(target(redis));
    const through = { ONHAND_REDIS_PORT: address.port };
    const rig = await ViewRig.open(redis, through).catch(async (error: unknown) => {
      await address.close();
      throw error;
    });
    try {
      await rig.receive('tea');
      await rig.until('tea', 1);
      await askRedis(rig.client);
      const { host, port } = target(other);
      address.target = { host, port };
      await redis.ask((client) => client.replicaof(host, port));
      await rig.receive('tea');
      // The old primary refuses what is written, and answers whoever reads.
      await waitUntil('the new primary to be followed', async () => {
        return (await other.ask((client) => client.dbsize())) > 0 && rig.writer.lanesBehind === 0;
      });
      expect(await askRedis(rig.client).catch(messageOf)).to.match(/^READONLY/);
      await waitUntil('the new primary to be read', () =>
        askRedis(rig.client).then(
          () => true,
          () => false,
        ),
      );
      await rig.until('tea', 2);
    } finally {
      await rig.close();
      await address.close();
      await redis.ask((client) => client.replicaof('NO', 'ONE'));
    }
  });

  it('tells for how long which lanes are behind, until they are not', async () => {
    const rig = await ViewRig.open(redis);
    try {
      const later = () => rig.writer.conditions(Date.now() + 31_000);
      expect(later()).to.deep.equal([]);
      redis.pause();
      await rig.receive('tea');
      await waitUntil('the loss', () => later().length > 0);
      expect(rig.writer.conditions()).to.deep.equal([]);
      const [condition] = later();
      expect(condition).to.include({ code: 'VIEW_BEHIND' });
      expect(condition!.reason).to.match(/^lanes 0 of the view: /);
      redis.resume();
      await waitUntil('the view to be whole', () => later().length === 0);
    } finally {
      await rig.close();
    }
  });

  it('takes a rotated password at the next connection', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-rotated-'));
    const file = join(folder, 'password');
    await redis.ask(async (root) => {
      await root.config('SET', 'requirepass', 'first');
      writeFileSync(file, 'first\n');
      const client = openViewClient({
        ...loadSettings().values,
        ...redis.settings,
        ONHAND_REDIS_PASSWORD: 'first',
        ...{ ONHAND_REDIS_PASSWORD_FILE: file },
      });
      const failure = () =>
        client.ping().then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
      try {
        await waitUntil('the first answer', async () => (await failure()) === undefined);
        await root.config('SET', 'requirepass', 'second');
        await root.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await waitUntil('the loss', async () => (await failure()) !== undefined);
        writeFileSync(file, 'second\n');
        await waitUntil('an answer again', async () => (await failure()) === undefined);
      } finally {
        client.disconnect();
        await root.config('SET', 'requirepass', '');
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});
