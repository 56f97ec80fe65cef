import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Processor } from '../src/cli/processor.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

const ttlSeconds = 1;

describe('an order that waited for the engines for longer than its time to pay', function () {
  this.timeout(60_000);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  before(async () => {
    onhand = await testInstallation();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  it('is reserved, and a payment that came meanwhile is in time', async () => {
    const { place, pay } = orderEventsFor('paid');
    const unpaid = orderEventsFor('unpaid');
    await onhand.send([commandsFor('tea').receive(5)]);
    await onhand.sendOrders([place({ tea: 1 }, { ttlSeconds })]);
    await onhand.sendOrders([unpaid.place({ tea: 1 }, { ttlSeconds })]);
    // The deadlines pass by the log's time while nobody decides.
    await sleep(1500 * ttlSeconds);
    await onhand.sendOrders([pay()]);
    processor = await onhand.startProcessor();
    const kindsOf = async (id: string) => {
      const verdicts = (await onhand.verdicts()).filter(({ orderId }) => orderId === id);
      return verdicts.map(({ kind }) => kind);
    };
    await waitUntil('the end of both orders', async () => {
      const ends = await Promise.all([kindsOf('paid'), kindsOf('unpaid')]);
      return ends.every(({ length }) => length >= 2);
    });
    expect(await kindsOf('paid')).to.deep.equal(['OrderStockReserved', 'OrderStockConfirmed']);
    // Its time to pay ran from then on; nobody has used it.
    expect(await kindsOf('unpaid')).to.deep.equal(['OrderStockReserved', 'OrderStockExpired']);
  });
});
