import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type Verification, verifyEngines } from './verifyEngines.ts';

describe('verifyEngines, while the engines go on', function () {
  this.timeout(180_000);
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
    let isStarted = false;
    let isOver = false;
    const loading = (async () => {
      while (!isOver) await load();
    })();
    // It takes lanes over while they are verified.
    const starting = onhand.startProcessor().finally(() => {
      isStarted = true;
    });
    const before = sent;
    const verifications: Verification[] = [];
    do verifications.push(await verifyEngines(onhand.settings));
    while (!isStarted || sent < before + 5);
    isOver = true;
    await loading;
    await Promise.all([processor.stop(), (await starting).stop()]);
    for (const { failures, findings, lines, counts } of verifications) {
      expect([...failures, ...findings]).to.deep.equal([]);
      expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
      expect(counts.get('OrderStockReserved')).to.be.above(0);
    }
  });
});
