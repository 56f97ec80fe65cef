import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Settings } from '../src/config/settings.ts';

const ttlMs = 10_000;
const retryMsMin = 20;
const retryMsMax = 50;

const release = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;

type LockRedis = Redis & { release(key: string, token: string): Promise<number> };

/**
 * The usual lock on one Redis: SET NX PX with a random token, tried again after a random 20 to 50
 * ms while somebody else has it, released by a script that deletes it only if it is still ours.
 */
export class RedisLock {
  /** How often the lock was found taken. */
  waits = 0;
  readonly #redis: LockRedis;
  readonly #prefix: string;

  private constructor(redis: LockRedis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  static async open(settings: Settings): Promise<RedisLock> {
    const redis = new Redis({
      host: settings.ONHAND_REDIS_HOST,
      port: settings.ONHAND_REDIS_PORT,
      ...(settings.ONHAND_REDIS_PASSWORD && { password: settings.ONHAND_REDIS_PASSWORD }),
      ...(settings.ONHAND_REDIS_TLS && { tls: {} }),
      lazyConnect: true,
      // Commands of one turn of the event loop go in one write, as a sensible client sends them.
      enableAutoPipelining: true,
      scripts: { release: { lua: release, numberOfKeys: 1 } },
    }) as LockRedis;
    await redis.connect();
    return new RedisLock(redis, `bench:${randomBytes(6).toString('hex')}:`);
  }

  /** Runs `work` while holding the lock of `name`. */
  async hold<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const key = this.#prefix + name;
    const token = randomBytes(16).toString('hex');
    while ((await this.#redis.set(key, token, 'PX', ttlMs, 'NX')) === null) {
      this.waits++;
      await sleep(retryMsMin + Math.random() * (retryMsMax - retryMsMin));
    }
    try {
      return await work();
    } finally {
      await this.#redis.release(key, token);
    }
  }

  async close(): Promise<void> {
    await this.#redis.quit();
  }
}
