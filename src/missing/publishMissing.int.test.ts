import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import { StockFeed } from '../../consumers/stockFeed.ts';
import { OrderVerdicts } from '../../consumers/orderVerdicts.ts';
import { decodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { decodeStockLevel } from '../messaging/stockLevelCodec.ts';
import { lateHeader } from '../messaging/lateHeader.ts';
import { openDatabase } from '../storage/database.ts';
import { listOperations } from '../storage/operations.ts';
import { readProgress } from '../storage/progress.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { skipRows } from '../testing/skipRows.ts';
import {
  type ReadRecord,
  type TestInstallation,
  testInstallation,
} from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { holds, verifyEngines } from '../verify/verifyEngines.ts';
import { isLacking } from './laneLack.ts';
import { type MendedLane, planMissing, publishMissing } from './publishMissing.ts';

const stockLane = partitionOf('tea', 3);
const orderLane = partitionOf('order-1', 3);
/** Another SKU of the same lane. */
const neighbour = [...Array(99).keys()].map(String).find((it) => partitionOf(it, 3) === stockLane)!;

const request = { from: 'start' } as const;
const show = () => undefined;
/** How long a slow machine may take for what is waited for. */
const patienceMs = 60_000;

describe('publishing what is missing', function () {
  this.timeout(300_000);
  let onhand: TestInstallation;
  beforeEach(async () => {
    onhand = await testInstallation();
    const processor = await onhand.startProcessor();
    await onhand.send([commandsFor('tea').receive(10)]);
    await onhand.settled();
    await processor.stop();
  });
  afterEach(() => onhand?.close());

  /** Lets a processor apply what is sent, while `count` rows of a lane never leave it. */
  const losing = async (
    engine: 'stock' | 'order',
    lane: number,
    count: number,
    send: () => Promise<unknown>,
  ) => {
    const lost = await skipRows(onhand, engine, lane, count);
    // First: a lane that is at the end of its log, and behind the cursor, halts.
    await send();
    const processor = await onhand.startProcessor();
    await waitUntil(
      'the rows',
      async () => {
        const progress = await readProgress(onhand.pool, engine, lane);
        return (progress?.outboxSequence ?? 0) >= lost.at(-1)!;
      },
      patienceMs,
    );
    await onhand.settled(patienceMs);
    await processor.stop();
    return lost;
  };
  const plan = async () => lacking(await planMissing(onhand.settings, request, show));
  const publish = async () => lacking(await publishMissing(onhand.settings, request, show));
  const lateOf = (records: readonly ReadRecord[]) =>
    records.filter(({ headers }) => lateHeader in headers);
  const storedValues = async (engine: string, lane: number, sequences: readonly number[]) => {
    const [rows] = await onhand.pool.query<(RowDataPacket & { value: Buffer })[]>(
      `SELECT value FROM outbox WHERE engine = ? AND lane = ? AND sequence IN (?)
       ORDER BY sequence`,
      [engine, lane, sequences],
    );
    return rows.map(({ value }) => value);
  };
  /** A feed that has had all before the first event of the lane, and what it hands on. */
  const feedFrom0 = async () => {
    const heard: string[] = [];
    const say = (how: string) => (event: { sku: string; sequence: number }) =>
      void heard.push(`${how}${event.sku} ${event.sequence}`);
    const feed = new StockFeed(onhand.settings, silentLogger, {
      positions: [0, 1, 2].map((partition) => ({ partition, offset: 0 })),
      known: () => [],
      onLevel: () => undefined,
      onEvent: say(''),
      onLate: say('late '),
      onGap: ({ expected, found }) => void heard.push(`gap ${expected}..${found}`),
      onFailed: (error) => {
        throw error;
      },
    });
    await feed.start();
    return { heard, stop: () => feed.stop() };
  };
  const operations = async (count: number) => {
    const pool = openDatabase(onhand.settings, 'read', 1);
    return listOperations(pool, count).finally(() => pool.end());
  };
  const verdictOf = async () => holds(await verifyEngines(onhand.settings));

  it('finds nothing where nothing is missing', async () => {
    expect(await plan()).to.deep.equal([]);
    expect(await publish()).to.deep.equal([]);
  });

  it('sends lost events and levels with their bytes and numbers, once', async () => {
    const { reserve } = commandsFor('tea');
    const lost = await losing('stock', stockLane, 3, () =>
      onhand.send([
        reserve('r-1', 1),
        commandsFor(neighbour).receive(5),
        reserve('r-2', 1),
        reserve('r-3', 1),
      ]),
    );
    const feed = await feedFrom0();
    await waitUntil('the gap', () => feed.heard.includes('tea 4'), patienceMs);
    expect(await verdictOf()).to.be.false;
    const topic = onhand.topics.stockEvents.name;
    const found = await plan();
    expect(found.map(({ lane, missing }) => ({ lane, missing }))).to.deep.equal([
      { lane: stockLane, missing: [{ kind: 'event', topic, sequences: lost }] },
    ]);
    // That of tea came with its next event.
    expect(found[0]?.levels.map(({ sku }) => sku)).to.deep.equal([neighbour]);
    expect(lateOf(await onhand.read('stockEvents'))).to.deep.equal([]);

    await publish();
    const late = lateOf(await onhand.read('stockEvents'));
    expect(late.map(({ value }) => value)).to.deep.equal(
      await storedValues('stock', stockLane, lost),
    );
    const [operation] = await operations(1);
    expect(operation).to.include({ verb: 'replay publish-missing', outcome: 'done' });
    expect(String(late[0]?.headers[lateHeader])).to.equal(String(operation?.id));
    for (const { partition, key, value } of late) {
      expect([partition, String(key)]).to.deep.equal([stockLane, decodeStockEvent(value).sku]);
    }
    // In its place where nothing of its item is younger.
    const after = ['late tea 2', `${neighbour} 1`, 'late tea 3'];
    const wanted = ['tea 1', 'gap 2..4', 'tea 4', ...after];
    const isHeard = () => feed.heard.length >= wanted.length;
    await waitUntil('the late events', isHeard, patienceMs);
    await feed.stop();
    expect(feed.heard).to.deep.equal(wanted);
    const levels = (await onhand.read('stockLevels')).filter(
      ({ key }) => String(key) === neighbour,
    );
    expect(levels.map(({ value }) => decodeStockLevel(value).onHand)).to.deep.equal([5]);
    expect(await plan()).to.deep.equal([]);
    expect(await publish()).to.deep.equal([]);
    expect(await onhand.events()).to.have.length(5);
    expect(await verdictOf()).to.be.true;
  });

  it('lets an order go on whose command, reply or verdict was lost', async () => {
    await losing('order', orderLane, 1, () =>
      onhand.sendOrders([orderEventsFor('order-1').place({ tea: 2 })]),
    );
    expect(await onhand.verdicts()).to.deep.equal([]);
    expect((await plan()).flatMap(({ missing }) => missing.map(({ kind }) => kind))).to.deep.equal([
      'command',
    ]);
    // Its answer is lost, too: an event and a reply.
    await losing('stock', stockLane, 2, publish);
    const found = (await plan()).flatMap(({ missing }) => missing.map(({ kind }) => kind));
    expect(found).to.have.members(['event', 'reply']);
    await publish();
    const verdict = await losing('order', orderLane, 1, () => Promise.resolve());
    expect(await onhand.verdicts()).to.deep.equal([]);
    expect((await plan())[0]?.missing[0]?.sequences).to.deep.equal(verdict);
    await publish();
    const verdicts: [kind: string, isLate: boolean | undefined][] = [];
    const reader = new OrderVerdicts(
      onhand.settings,
      silentLogger,
      'shop',
      async (taken) => {
        await Promise.resolve();
        for (const { kind, isLate } of taken) verdicts.push([kind, isLate]);
      },
      (error) => {
        throw error;
      },
    );
    await reader.start();
    await waitUntil('the verdict', () => verdicts.length > 0, patienceMs);
    await reader.stop();
    expect(verdicts).to.deep.equal([['OrderStockReserved', true]]);
    expect(await plan()).to.deep.equal([]);
    const replies = (await onhand.read('orderEvents')).map(({ value }) => decodeOrderEvent(value));
    expect(replies).to.have.length(2);
    expect(await verdictOf()).to.be.true;
  });

  for (const point of ['publish-before-commit', 'publish-after-commit']) {
    it(`sends nothing twice when it is killed at ${point}`, async () => {
      const skus = Array.from({ length: 30 }, (_, index) => `${neighbour}-${index}`);
      const own = skus.filter((sku) => partitionOf(sku, 3) === stockLane);
      const lost = await losing('stock', stockLane, own.length, () =>
        onhand.send(own.map((sku) => commandsFor(sku).receive(1))),
      );
      const args = ['replay', 'publish-missing', '--engine', 'stock', '--yes'];
      const env = settingsEnv(onhand.settings);
      const killed = await runCli(
        args,
        { ...env, ONHAND_FAULT: `${point}:1` },
        { timeoutMs: 60_000 },
      );
      expect(killed.signal).to.equal('SIGKILL');
      const again = await runCli(args, env, { timeoutMs: 60_000 });
      expect({ code: again.code, stderr: again.stderr }).to.deep.equal({ code: 0, stderr: '' });
      const ids = (await onhand.events()).map(({ eventId }) => eventId);
      expect(ids).to.have.length(1 + lost.length);
      expect(new Set(ids).size).to.equal(ids.length);
      const levels = await onhand.read('stockLevels');
      expect(levels).to.have.length(1 + own.length);
      const [done, interrupted] = await operations(2);
      expect([done?.outcome, interrupted?.outcome]).to.deep.equal(['done', 'interrupted']);
      expect(await verdictOf()).to.be.true;
    });
  }

  it('works beside a lane that goes on under load', async () => {
    const lost = await losing('stock', stockLane, 2, () =>
      onhand.send([commandsFor('tea').receive(1), commandsFor(neighbour).receive(1)]),
    );
    const processor = await onhand.startProcessor();
    const ended = { load: false };
    let sent = 0;
    const load = (async () => {
      while (!ended.load) {
        await onhand.send(
          ['tea', neighbour].flatMap((sku) => [1, 2, 3].map(() => commandsFor(sku).receive(1))),
        );
        sent += 6;
      }
    })();
    await waitUntil('the load', () => sent > 60, patienceMs);
    const found = await publish();
    await waitUntil('more load', () => sent > 120, patienceMs);
    ended.load = true;
    await load;
    await onhand.settled(patienceMs);
    await processor.stop();
    expect(found.flatMap(({ missing }) => missing[0]?.sequences)).to.deep.equal(lost);
    expect(await onhand.events()).to.have.length(3 + sent);
    expect(await plan()).to.deep.equal([]);
    const levels = (await onhand.read('stockLevels')).map(({ value }) => decodeStockLevel(value));
    const last = levels.findLast(({ sku }) => sku === neighbour);
    expect(last?.onHand).to.equal(1 + sent / 2);
    expect(await verdictOf()).to.be.true;
  });

  function lacking({ done, failed }: { done: MendedLane[]; failed: unknown[] }): MendedLane[] {
    expect(failed).to.deep.equal([]);
    return done.filter(isLacking);
  }
});
