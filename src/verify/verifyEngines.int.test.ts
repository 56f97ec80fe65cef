import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { connectionOptions } from '../storage/database.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { KeptTables } from '../testing/keptTables.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { anyText, plantedFaults, plantedLanes as lanes } from '../testing/plantedFaults.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { holds, verifyEngines } from './verifyEngines.ts';

describe('verifyEngines', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let planting: Connection;
  let kept: KeptTables;
  before(async () => {
    onhand = await testInstallation();
    const { receive, reserve, confirm } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 3), confirm('o-1')]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await onhand.sendOrders([orderEventsFor('order-1').place({ tea: 2 })]);
    await waitUntil('the verdict', async () => (await onhand.verdicts()).length === 1);
    await onhand.settled();
    await onhand.sendRaw([{ key: 'tea', value: Buffer.from('junk'), partition: lanes.stock }]);
    await onhand.settled();
    await processor.stop();
    planting = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    kept = await KeptTables.keep(planting);
  });
  after(async () => {
    await planting?.end();
    await onhand?.close();
  });

  const verify = () => verifyEngines(onhand.settings);

  it('finds nothing where nothing is wrong', async () => {
    const verification = await verify();
    expect(verification.findings).to.deep.equal([]);
    expect(holds(verification)).to.be.true;
    expect(verification.lanes).to.have.length(6);
    // An event each, a reply to the order and a dead letter; a command and a verdict.
    for (const [engine, events, offset] of [
      ['stock', 6, 6],
      ['order', 2, 3],
    ] as const) {
      const found = verification.lanes.find(
        (it) => it.engine === engine && it.lane === lanes[engine],
      );
      expect(found).to.include({ events, offset, from: 0, isAtProgress: true, differences: 0 });
    }
    expect(Object.fromEntries(verification.counts)).to.deep.equal({
      StockReceived: 1,
      StockReserved: 2,
      ReservationConfirmed: 1,
      OrderStockReserved: 1,
    });
  });

  for (const [fault, { engine, where, plant, item, said: texts }] of plantedFaults) {
    it(`finds ${fault}, and nothing else`, async () => {
      await planting.query(plant);
      const { findings } = await verify().finally(() => kept.restore());
      const expected = texts.map((text, index) => {
        const found = findings[index];
        const place = { engine, lane: lanes[engine], where, item, ...text };
        if (text.expected === anyText) place.expected = found?.expected ?? 'something';
        if (text.found === anyText) place.found = found?.found ?? 'something';
        return place;
      });
      expect(findings).to.deep.equal(expected);
      for (const { expected: ours, found } of findings) expect(ours).not.to.equal(found);
    });
  }

  it('finds nothing any more once they are mended, also in threads', async () => {
    const verification = await verifyEngines(onhand.settings, { jobs: 2 });
    expect(verification.findings).to.deep.equal([]);
    expect(holds(verification)).to.be.true;
  });
});
