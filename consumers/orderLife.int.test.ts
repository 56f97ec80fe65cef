import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { OrderPlaced, UpstreamEvent } from '../src/domain/order/orderEvents.ts';
import type { Processor } from '../src/cli/processor.ts';
import { encodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import type { PublishedOrderVerdict } from '../src/messaging/orderStockEventCodec.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

let events = 0;
const head = (orderId: string) => ({ orderId, eventId: `event-${events++}` });
const place = (
  orderId: string,
  lines: Record<string, number>,
  more: Partial<OrderPlaced> = {},
): OrderPlaced => ({
  kind: 'OrderPlaced',
  ...head(orderId),
  lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, location: 'main', quantity })),
  mode: 'all',
  expiresAt: null,
  ttlSeconds: null,
  ...more,
});
const pay = (orderId: string): UpstreamEvent => ({ kind: 'OrderPaid', ...head(orderId) });
const cancel = (orderId: string): UpstreamEvent => {
  return { kind: 'OrderCancelled', ...head(orderId), reason: 'changed my mind' };
};

describe('the life of an order from Kafka to Kafka', function () {
  this.timeout(180_000);
  let installation: TestInstallation;
  let processor: Processor;
  before(async () => {
    installation = await testInstallation();
    processor = await installation.startProcessor();
    const stock = { tea: 10, cup: 10, pot: 3, rare: 1 };
    const received = Object.entries(stock).map(([sku, units]) => commandsFor(sku).receive(units));
    await installation.send(received);
    await installation.settled();
  });
  after(async () => {
    await processor?.stop();
    await installation?.close();
  });

  const verdictsOf = async (orderId: string): Promise<PublishedOrderVerdict[]> =>
    (await installation.verdicts()).filter((verdict) => verdict.orderId === orderId);
  const kindsAfter = async (orderId: string, ...sent: UpstreamEvent[]): Promise<string[]> => {
    await installation.sendOrders(sent);
    await installation.settled();
    return (await verdictsOf(orderId)).map(({ kind }) => kind);
  };
  const levelOf = async (sku: string) => {
    const [rows] = await installation.pool.query<RowDataPacket[]>(
      'SELECT on_hand AS onHand, reserved FROM stock_levels WHERE sku = ?',
      [sku],
    );
    return rows[0] as { onHand: number; reserved: number };
  };

  it('is reserved line by line, then paid: sold', async () => {
    expect(await kindsAfter('o-1', place('o-1', { tea: 2, cup: 1 }))).to.deep.equal([
      'OrderStockReserved',
    ]);
    expect(await levelOf('tea')).to.include({ onHand: 10, reserved: 2 });
    expect(await kindsAfter('o-1', pay('o-1'))).to.include('OrderStockConfirmed');
    expect(await levelOf('tea')).to.include({ onHand: 8, reserved: 0 });
    expect((await verdictsOf('o-1')).map(({ sequence }) => sequence)).to.deep.equal([1, 2]);
  });

  it('is rejected whole when one line is missing: nothing held, each line says why', async () => {
    const kinds = await kindsAfter('o-2', place('o-2', { tea: 1, pot: 4 }));
    expect(kinds).to.deep.equal(['OrderStockRejected']);
    const [verdict] = await verdictsOf('o-2');
    const reasons =
      'lines' in verdict! ? verdict.lines.map(({ sku, reason }) => [sku, reason]) : [];
    expect(Object.fromEntries(reasons)).to.deep.equal({ tea: null, pot: 'INSUFFICIENT_STOCK' });
    expect(await levelOf('tea')).to.include({ reserved: 0 });
  });

  it('gets what is there in mode partial', async () => {
    const kinds = await kindsAfter('o-3', place('o-3', { tea: 1, pot: 4 }, { mode: 'partial' }));
    expect(kinds).to.deep.equal(['OrderStockPartiallyReserved']);
    expect(await levelOf('pot')).to.include({ reserved: 3 });
    expect(await kindsAfter('o-3', cancel('o-3'))).to.include('OrderStockReleased');
    expect(await levelOf('pot')).to.include({ reserved: 0 });
  });

  it('that was cancelled before it is placed never holds anything', async () => {
    const kinds = await kindsAfter('o-4', cancel('o-4'), place('o-4', { tea: 1 }));
    expect(kinds).to.deep.equal(['OrderStockReleased', 'OrderStockRejected']);
  });

  it('expires once, by log time, when it is not paid', async () => {
    await installation.sendOrders([place('o-5', { tea: 3 }, { ttlSeconds: 1 })]);
    const expired = async () =>
      (await verdictsOf('o-5')).some(({ kind }) => kind === 'OrderStockExpired');
    await waitUntil('the payment time-out', expired, 60_000);
    expect(await levelOf('tea')).to.include({ reserved: 0 });
    expect(await kindsAfter('o-5', pay('o-5'))).to.deep.equal([
      'OrderStockReserved',
      'OrderStockExpired',
      'OrderRefundRequired',
    ]);
  });

  it('comes back in part', async () => {
    const lines = [{ sku: 'tea', location: 'main', quantity: 1 }];
    const returned: UpstreamEvent = { kind: 'OrderReturned', ...head('o-1'), lines };
    expect(await kindsAfter('o-1', returned)).to.include('OrderStockReturned');
    expect(await levelOf('tea')).to.include({ onHand: 9 });
  });

  it('has one verdict per event, however often that is sent', async () => {
    const placed = place('o-6', { cup: 1 });
    expect(await kindsAfter('o-6', placed, placed, placed)).to.deep.equal(['OrderStockReserved']);
    expect(await kindsAfter('o-6', placed)).to.deep.equal(['OrderStockReserved']);
  });

  it('never is half of another: two want the last units of each other', async () => {
    const wanted = Object.fromEntries(['rare', 'pot', 'cup'].map((sku) => [sku, 1]));
    const orders = Array.from({ length: 20 }, (_, number) => `race-${number}`);
    await installation.sendOrders(orders.map((orderId) => place(orderId, wanted)));
    await installation.settled();
    const verdicts = (await Promise.all(orders.map(verdictsOf))).flat();
    const kinds = verdicts.map(({ kind }) => kind);
    expect(kinds).to.have.length(orders.length);
    expect(kinds.filter((kind) => kind === 'OrderStockReserved').length).to.be.at.most(1);
    expect(await levelOf('rare')).to.satisfy(({ reserved }: { reserved: number }) => {
      return reserved === kinds.filter((kind) => kind === 'OrderStockReserved').length;
    });
  });

  it('of a thousand lines is one unit, too', async () => {
    const skus = Array.from({ length: 1000 }, (_, number) => `part-${number}`);
    await installation.send(skus.map((sku) => commandsFor(sku).receive(1)));
    await installation.settled();
    const lines = Object.fromEntries(skus.map((sku) => [sku, 1]));
    await installation.sendOrders([place('big', lines), pay('big')]);
    await installation.settled(30_000);
    const kinds = (await verdictsOf('big')).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['OrderStockReserved', 'OrderStockConfirmed']);
    expect(await levelOf('part-999')).to.include({ onHand: 0, reserved: 0 });
  });

  it('that cannot be decoded is a dead letter', async () => {
    const bytes = encodeOrderEvent(place('o-7', { tea: 1 })).subarray(0, 12);
    const before = (await installation.read('orderDeadLetter')).length;
    await installation.sendRaw([{ value: bytes, partition: 0 }], 'orderEvents');
    await installation.settled();
    const letters = await installation.read('orderDeadLetter');
    expect(letters).to.have.length(before + 1);
    expect(String(letters.at(-1)?.headers['onhand-reason'])).to.equal('BROKEN_BODY');
  });
});
