import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import { busyOf } from '../src/testing/busyOf.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { StockClient, type StockClientOptions } from './stockClient.ts';

describe('StockClient', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  let client: StockClient;
  const clients: StockClient[] = [];
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
    client = await newClient();
  });
  after(async () => {
    await Promise.all(clients.map((it) => it.close()));
    await processor?.stop();
    await onhand?.close();
  });

  async function newClient(options: StockClientOptions = {}): Promise<StockClient> {
    const started = new StockClient(onhand.settings, silentLogger, options);
    clients.push(started);
    await started.start();
    return started;
  }
  const eventsOf = async (sku: string) => {
    await onhand.settled();
    return (await onhand.events()).filter((event) => event.sku === sku);
  };
  const stopProcessor = async () => {
    await processor?.stop();
    processor = undefined;
  };
  const startProcessor = async () => (processor ??= await onhand.startProcessor());
  afterEach(startProcessor);

  it('answers every kind of command with its event', async () => {
    const sku = 'tea';
    const expiresAt = Date.now() + 3_600_000;
    const events = [
      await client.receive({ sku, quantity: 10 }),
      await client.reserve({ sku, orderId: 'o-1', quantity: 4, ttlSeconds: 60 }),
      await client.extend({ sku, orderId: 'o-1', expiresAt }),
      await client.confirm({ sku, orderId: 'o-1', quantity: 3 }),
      await client.release({ sku, orderId: 'o-1' }),
      await client.returnStock({ sku, orderId: 'o-1', quantity: 2 }),
      await client.adjust({ sku, delta: -1, reason: 'broken' }),
      await client.count({ sku, counted: 20, expected: 8, reason: 'stock-take' }),
      await client.receive({ sku, location: 'north', quantity: 1 }),
    ];
    const moves = events.map(({ event }) => {
      return [event.kind, event.location, event.sequence, event.onHandAfter, event.reservedAfter];
    });
    expect(moves).to.deep.equal([
      ['StockReceived', 'main', 1, 10, 0],
      ['StockReserved', 'main', 2, 10, 4],
      ['ReservationExtended', 'main', 3, 10, 4],
      ['ReservationConfirmed', 'main', 4, 7, 1],
      ['ReservationReleased', 'main', 5, 7, 0],
      ['StockReturned', 'main', 6, 9, 0],
      ['StockAdjusted', 'main', 7, 8, 0],
      ['StockCounted', 'main', 8, 20, 0],
      ['StockReceived', 'north', 1, 1, 0],
    ]);
    expect(events.every(({ granted }) => granted)).to.be.true;
  });

  it('answers a refusal as a value, with what is missing and what the writer saw', async () => {
    const sku = 'coffee';
    await client.receive({ sku, quantity: 3 });
    const outcome = await client.reserve({ sku, orderId: 'o-1', quantity: 5 });
    expect(outcome).to.deep.include({
      granted: false,
      reason: 'INSUFFICIENT_STOCK',
      shortage: 2,
    });
    expect(outcome.event).to.include({ onHandAfter: 3, requested: 5, sequence: 2 });
    const partly = await client.reserve({ sku, orderId: 'o-1', quantity: 5, minimum: 1 });
    expect(partly.granted && partly.event.granted).to.equal(3);
    expect(await client.confirm({ sku, orderId: 'o-2' })).to.include({
      granted: false,
      reason: 'RESERVATION_NOT_FOUND',
      shortage: null,
    });
    expect(await client.receive({ sku: ' ', quantity: 1 })).to.include({ reason: 'SKU_INVALID' });
  });

  it('answers many callers at once, each with its own outcome', async () => {
    const skus = Array.from({ length: 300 }, (_, index) => `many-${index % 50}`);
    const outcomes = await Promise.all(skus.map((sku) => client.receive({ sku, quantity: 1 })));
    expect(outcomes.map(({ event }) => event.sku)).to.deep.equal(skus);
    expect(new Set(outcomes.map(({ event }) => event.eventId))).to.have.property('size', 300);
    // The commands of one SKU are decided in the order of the calls.
    const one = outcomes.filter(({ event }) => event.sku === 'many-7');
    expect(one.map(({ event }) => event.sequence)).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('answers a repeat with the first outcome, and another body with a refusal', async () => {
    const ask = { commandId: randomUUID(), sku: 'repeat', quantity: 2 };
    const first = await client.receive(ask);
    expect(await client.receive(ask)).to.deep.equal(first);
    const other = await client.receive({ ...ask, quantity: 3 });
    expect(other).to.include({ granted: false, reason: 'COMMAND_ID_REUSED' });
    const elsewhere = await newClient();
    expect(await elsewhere.receive(ask)).to.deep.equal(first);
    expect((await eventsOf('repeat')).map(({ onHandAfter }) => onHandAfter)).to.deep.equal([2, 2]);
  });

  it('answers a repeat whose outcome is further back than it has read at its start', async () => {
    const first = { commandId: randomUUID(), sku: 'old', quantity: 3 };
    await client.receive(first);
    // More events of the same partition than a new client reads of it.
    const later = Array.from({ length: 7000 }, () => ({
      ...({ kind: 'ReceiveStock', location: 'main', quantity: 1 } as const),
      ...{ commandId: randomUUID(), sku: first.sku },
    }));
    await onhand.send(later);
    await onhand.settled();
    const another = await newClient({ deadlineMs: 200 });
    const { event } = await another.receive(first);
    expect(event).to.include({ onHandAfter: 3, commandId: first.commandId });
    expect(
      await onhand.events().then((all) => all.filter((it) => it.sku === first.sku)),
    ).to.have.length(7001);
  });

  it('answers both of two equal calls that are made at once', async () => {
    const ask = { commandId: randomUUID(), sku: 'twins', quantity: 2 };
    const [one, two] = await Promise.all([client.receive(ask), client.receive(ask)]);
    expect(one.event).to.include({ onHandAfter: 2 });
    expect(two).to.deep.equal(one);
    expect(await eventsOf('twins')).to.have.length(1);
  });

  it('is busy after the deadline; the same call again moves nothing twice', async () => {
    const hasty = await newClient({ deadlineMs: 300 });
    await stopProcessor();
    const ask = { sku: 'late', quantity: 5 };
    const busy = await busyOf(hasty.receive(ask));
    expect(busy).to.include({ retriable: true, mayBeDecided: true });
    const { commandId } = busy;
    expect((await busyOf(hasty.receive({ ...ask, commandId }))).commandId).to.equal(commandId);
    await startProcessor();
    const outcome = await client.receive({ ...ask, commandId });
    expect(outcome.event).to.include({ kind: 'StockReceived', onHandAfter: 5, commandId });
    expect(await hasty.receive({ ...ask, commandId })).to.deep.equal(outcome);
    expect(await eventsOf('late')).to.have.length(1);
  });

  it('is busy at once when too many calls wait, and has sent nothing then', async () => {
    const narrow = await newClient({ inFlightMax: 2 });
    const sku = 'crowd';
    const calls = [1, 2].map(() => narrow.receive({ sku, quantity: 1 }));
    const busy = await busyOf(narrow.receive({ sku, quantity: 1 }));
    expect(busy.mayBeDecided).to.be.false;
    await Promise.all(calls);
    const { commandId } = busy;
    expect((await narrow.receive({ sku, quantity: 1, commandId })).event.onHandAfter).to.equal(3);
  });

  it('takes no call after close, and ends the group that it read with', async () => {
    const own = await newClient();
    const call = own.receive({ sku: 'closing', quantity: 1 });
    await own.close();
    expect((await call).granted).to.be.true;
    expect((await busyOf(own.receive({ sku: 'closing', quantity: 1 }))).mayBeDecided).to.be.false;
    await Promise.all(clients.map((it) => it.close()));
    const { groups } = await onhand.admin.listGroups();
    const prefix = `${onhand.settings.ONHAND_TOPIC_PREFIX}onhand-tail`;
    expect(groups.filter(({ groupId }) => groupId.startsWith(prefix))).to.deep.equal([]);
    client = await newClient();
  });

  it('refuses what cannot be sent, and goes on', async () => {
    const thrown = async (call: Promise<unknown>) => {
      return call.then(
        () => 'nothing',
        (error: Error) => error.name,
      );
    };
    const sku = 'odd';
    const name = await thrown(client.receive({ sku, quantity: 1, commandId: 'two words' }));
    expect(name).to.equal('RangeError');
    expect(await thrown(client.receive({ sku, quantity: 1.5 }))).not.to.equal('nothing');
    const large = client.adjust({ sku, delta: 1, reason: 'x'.repeat(600_000) });
    expect(await thrown(large)).to.equal('RangeError');
    expect((await client.receive({ sku, quantity: 1 })).granted).to.be.true;
  });

  it('leaves in MySQL what its events add up to', async () => {
    const sku = 'sum';
    const asks = Array.from({ length: 40 }, (_, index) => index);
    await client.receive({ sku, quantity: 20 });
    const outcomes = await Promise.all(
      asks.map((index) => client.reserve({ sku, orderId: `o-${index}`, quantity: 1 })),
    );
    expect(outcomes.filter(({ granted }) => granted)).to.have.length(20);
    const events = await eventsOf(sku);
    expectUnbroken(events);
    const folded = foldedStock(events).levels.find((level) => level.sku === sku);
    const stored = (await storedStock(onhand.pool)).levels.find((level) => level.sku === sku);
    expect(stored).to.deep.equal(folded);
  });
});
