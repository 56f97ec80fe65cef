import { expect } from 'chai';
import fc from 'fast-check';
import type { Settings } from '../config/settings.ts';
import { loadSettings } from '../config/loadSettings.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { readHeldLevels } from './heldLevels.ts';
import { setLevels } from './setLevels.ts';
import { type ViewClient, connectViewClient } from './viewClient.ts';

const log = 'l'.repeat(22);

/** The level of a sequence: its quantities are made of it, so that a mixture would be seen. */
function level(sku: string, sequence: number): PublishedStockLevel {
  const [onHand, reserved] = [10 * sequence, sequence];
  return { sku, location: 'main', sequence, time: 1000 + sequence, onHand, reserved };
}

describe('levels in Redis', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let settings: Settings;
  let clients: ViewClient[];
  before(async () => {
    redis = await ThrowawayRedis.start();
    settings = { ...loadSettings().values, ...redis.settings, ONHAND_REDIS_PASSWORD: undefined };
    clients = await Promise.all([1, 2, 3].map(() => connectViewClient(settings)));
  });
  after(async () => {
    for (const client of clients ?? []) client.disconnect();
    await redis?.close();
  });

  const held = async (sku: string) => {
    const [found] = await readHeldLevels(clients[0]!, settings, [{ sku, location: 'main' }]);
    return found;
  };

  it('are whole, and never go back, in whatever order several writers bring them', async () => {
    let run = 0;
    const batches = fc.array(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(batches, async (drawn) => {
        const sku = `sku-${++run}`;
        const seen: number[] = [];
        const writes = drawn.map(async (sequences, index) => {
          const client = clients[index % clients.length]!;
          await setLevels(
            client,
            settings,
            log,
            sequences.sort((a, b) => a - b).map((one) => level(sku, one)),
          );
          const found = (await held(sku))!;
          expect(found.level).to.deep.equal(level(sku, found.level.sequence));
          seen.push(found.level.sequence);
        });
        await Promise.all(writes);
        expect(seen).to.deep.equal([...seen].sort((one, other) => one - other));
        const last = drawn.map((sequences) => sequences.at(-1)!);
        expect((await held(sku))?.level.sequence).to.equal(Math.max(...last));
      }),
      { numRuns: 60 },
    );
  });

  it('say how many of them were newer', async () => {
    const [client] = clients as [ViewClient];
    const many = Array.from({ length: 1200 }, (_, sku) => level(`many-${sku}`, 2));
    expect(await setLevels(client, settings, log, many)).to.equal(1200);
    expect(await setLevels(client, settings, log, many)).to.equal(0);
    const mixed = [level('many-1', 1), level('many-2', 3), level('many-3', 3)];
    expect(await setLevels(client, settings, log, mixed)).to.equal(2);
    expect(await setLevels(client, settings, log, [])).to.equal(0);
  });

  it('of another log give way, however high their numbers are', async () => {
    const [client] = clients as [ViewClient];
    await setLevels(client, settings, 'o'.repeat(22), [level('tea', 900)]);
    await setLevels(client, settings, log, [level('tea', 1)]);
    expect(await held('tea')).to.deep.equal({ log, level: level('tea', 1) });
  });

  it('outlive a server that has forgotten the scripts', async () => {
    const [client] = clients as [ViewClient];
    await setLevels(client, settings, log, [level('cup', 1)]);
    await redis.ask((asked) => asked.script('FLUSH'));
    expect(await setLevels(client, settings, log, [level('cup', 2)])).to.equal(1);
  });
});
