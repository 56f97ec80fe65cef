import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { verifyEngines } from './verifyEngines.ts';

describe('verifyEngines, while the engines go on', function () {
  this.timeout(40_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
  });
  after(() => onhand?.close());

  it('finds nothing, though lanes change hands and commands are answered again', async () => {
    const processor = await onhand.startProcessor();
    const { receive, reserve } = commandsFor('tea');
    await onhand.send([receive(100)]);
    const asked = encodeStockCommand({ ...reserve('o-1', 1), reply: true });
    let sent = 0;
    const load = async () => {
      const { place, pay } = orderEventsFor(`order-${sent++}`);
      await onhand.sendOrders([place({ tea: 1 }), place({ cup: 1 }), pay()]);
      await onhand.sendRaw([{ key: 'tea', value: asked, partition: partitionOf('tea', 3) }]);
    };
    for (let rounds = 0; rounds < 20; rounds++) await load();
    await waitUntil('the first verdicts', async () => (await onhand.verdicts()).length > 10);
    let isOver = false;
    const verifying = verifyEngines(onhand.settings).finally(() => {
      isOver = true;
    });
    const before = sent;
    await load();
    // It takes lanes over while they are verified.
    const second = await onhand.startProcessor();
    while (!isOver) await load();
    const verification = await verifying;
    await Promise.all([processor.stop(), second.stop()]);
    expect([...verification.failures, ...verification.findings]).to.deep.equal([]);
    expect(verification.lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(verification.counts.get('OrderStockReserved')).to.be.above(0);
    expect(sent).to.be.above(before + 5);
  });
});
