import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { loadSettings } from '../src/config/loadSettings.ts';
import { RedisLock } from './redisLock.ts';

describe('RedisLock', () => {
  it('lets one at a time work under a name, others under other names', async () => {
    const lock = await RedisLock.open(loadSettings().values);
    let [inside, most, together] = [0, 0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    const other = async () => {
      together = Math.max(together, inside);
      await sleep(1);
    };
    try {
      await Promise.all([
        ...Array.from({ length: 8 }, () => lock.hold('A', work)),
        lock.hold('B', other),
      ]);
    } finally {
      await lock.close();
    }
    expect(most).to.equal(1);
    expect(together).to.equal(1);
    expect(lock.waits).to.be.above(0);
  });
});
