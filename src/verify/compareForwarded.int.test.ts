import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type Verification, verifyEngines } from './verifyEngines.ts';

describe('verifyEngines, while the engines go on', function () {
  this.timeout(40_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
  });
  after(() => onhand?.close());

  it('finds nothing, also where the same command is answered again and again', async () => {
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
    let verification: Verification | undefined;
    const verifying = verifyEngines(onhand.settings, silentLogger, onhand.admin).then((it) => {
      verification = it;
    });
    const before = sent;
    while (!verification) await load();
    await verifying;
    await processor.stop();
    expect(verification.findings).to.deep.equal([]);
    expect(verification.lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(verification.counts.get('OrderStockReserved')).to.be.above(0);
    expect(sent).to.be.above(before + 5);
  });
});
