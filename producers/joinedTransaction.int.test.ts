import { expect } from 'chai';
import type { Producer, Transaction } from 'kafkajs';
import type { Processor } from '../src/cli/processor.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { isRefusedForSize } from '../src/messaging/kafkaErrors.ts';
import { decodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { OperationalError } from '../src/ops/errors.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { OrderEventProducer } from './orderEventProducer.ts';
import { StockClient } from './stockClient.ts';
import { StockCommandProducer } from './stockCommandProducer.ts';

describe('sending stock commands and order events', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let callers: Producer;
  let commands: StockCommandProducer;
  let orders: OrderEventProducer;
  let client: StockClient;
  before(async () => {
    onhand = await testInstallation();
    const { settings } = onhand;
    processor = await onhand.startProcessor();
    callers = createKafka(settings, 'onhand-test', silentLogger).producer({
      transactionalId: `${settings.ONHAND_TOPIC_PREFIX}caller`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    commands = new StockCommandProducer(settings, silentLogger);
    orders = new OrderEventProducer(settings, silentLogger);
    client = new StockClient(settings, silentLogger, { deadlineMs: 3000 });
    await Promise.all([callers.connect(), orders.connect(), client.start()]);
  });
  after(async () => {
    await Promise.all([callers?.disconnect(), commands?.disconnect(), orders?.disconnect()]);
    await client?.close();
    await processor?.stop();
    await onhand?.close();
  });

  const inTransaction = async (work: (transaction: Transaction) => Promise<unknown>) => {
    const transaction = await callers.transaction();
    await work(transaction);
    return transaction;
  };
  const orderEvents = async () => {
    const records = await onhand.read('orderEvents');
    return records.map(({ value }) => decodeOrderEvent(value));
  };

  it('decides commands of a committed transaction, and never those of an aborted one', async () => {
    const { receive } = commandsFor('joined');
    const [aborted, committed] = [receive(100), receive(1)];
    const first = await inTransaction((transaction) => commands.send([aborted], { transaction }));
    await first.abort();
    const second = await inTransaction((transaction) => {
      return commands.send([committed, commandsFor('other').receive(2)], { transaction });
    });
    await second.commit();
    // The answer to a command that was sent in a transaction: ask again under its id.
    const { commandId, quantity, sku } = committed;
    const outcome = await client.receive({ commandId, sku, quantity });
    expect(outcome.event).to.include({ sequence: 1, onHandAfter: 1 });
    await onhand.settled();
    const events = await onhand.events();
    expect(events.map((event) => event.sku).sort()).to.deep.equal(['joined', 'other']);
  });

  it('goes on sending after a send that failed', async () => {
    const { receive, adjust } = commandsFor('failed');
    const large = commands.send([adjust(1, { reason: 'x'.repeat(2_000_000) })]);
    const failure: unknown = await large.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(OperationalError).and.to.include({ code: 'KAFKA_FAILED' });
    expect(isRefusedForSize(failure), 'says the broker').to.be.true;
    await Promise.all([commands.send([receive(1)]), commands.send([receive(2)])]);
    await onhand.settled();
    const events = (await onhand.events()).filter(({ sku }) => sku === 'failed');
    expect(events.map(({ onHandAfter }) => onHandAfter)).to.deep.equal([1, 3]);
  });

  it('sends order events in order, keyed by order id', async () => {
    const orderId = 'o-1';
    const lines = [{ sku: 'tea', quantity: 2 }];
    await Promise.all([
      orders.placeOrder({ orderId, eventId: 'e-1', lines, ttlSeconds: 60 }),
      orders.orderPaid({ orderId, eventId: 'e-2' }),
      orders.orderReturned({ orderId, eventId: 'e-3', lines: [{ ...lines[0]!, location: 'b' }] }),
      orders.orderCancelled({ orderId, eventId: 'e-4', reason: 'too late' }),
    ]);
    const placed = { lines: [{ ...lines[0], location: 'main' }], mode: 'all', expiresAt: null };
    const head = (eventId: string) => ({ eventId, orderId });
    expect(await orderEvents()).to.deep.equal([
      { ...head('e-1'), kind: 'OrderPlaced', ...placed, ttlSeconds: 60 },
      { ...head('e-2'), kind: 'OrderPaid' },
      {
        ...head('e-3'),
        kind: 'OrderReturned',
        lines: [{ sku: 'tea', quantity: 2, location: 'b' }],
      },
      { ...head('e-4'), kind: 'OrderCancelled', reason: 'too late' },
    ]);
    const [record] = await onhand.read('orderEvents');
    expect(record).to.include({ partition: partitionOf(orderId, 3) });
    expect(String(record!.key)).to.equal(orderId);
  });

  it('sends order events in a transaction of the caller', async () => {
    const aborted = await inTransaction((transaction) => {
      return orders.orderPaid({ orderId: 'o-2', eventId: 'aborted' }, { transaction });
    });
    await aborted.abort();
    let eventId = '';
    const committed = await inTransaction(async (transaction) => {
      eventId = await orders.orderPaid({ orderId: 'o-3' }, { transaction });
    });
    expect(eventId).to.match(/^[\w-]{36}$/);
    await committed.commit();
    const visible = async () => {
      const all = (await orderEvents()) as { orderId?: string; eventId?: string }[];
      return all.filter(({ orderId }) => orderId === 'o-2' || orderId === 'o-3');
    };
    let seen = await visible();
    // The broker shows a transaction a little later than it confirms it.
    for (let tries = 0; seen.length === 0 && tries < 20; tries++) seen = await visible();
    expect(seen.map((it) => it.eventId)).to.deep.equal([eventId]);
  });
});
