import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Processor } from '../src/cli/processor.ts';
import { connectionOptions } from '../src/storage/database.ts';
import { codeOf } from '../src/storage/storageErrors.ts';
import { verifyEngines } from '../src/verify/verifyEngines.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectSound } from '../src/testing/faults/expectExact.ts';
import { expectVerdicts } from '../src/testing/faults/expectVerdicts.ts';
import { KeptTables } from '../src/testing/keptTables.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';

const skus = ['A', 'B', 'C', 'D', 'E', 'F'];

/** All tables are as they were at an earlier moment, while the processor goes on. */
describe('a database that is put back under a running processor', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let restoring: Connection;
  let kept: KeptTables;
  let orders = 0;
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
    await sendSome();
    await onhand.settled();
    restoring = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    kept = await KeptTables.keepAll(restoring);
  });
  after(async () => {
    await restoring?.end();
    await processor?.stop();
    await onhand?.close();
  });

  async function sendSome(): Promise<void> {
    await onhand.send(skus.map((sku) => commandsFor(sku).receive(10)));
    const events = skus.map((sku) => orderEventsFor(`order-${++orders}-${sku}`));
    await onhand.sendOrders(events.map(({ place }, at) => place({ [skus[at]!]: 1 })));
    await onhand.sendOrders(events.map(({ pay }) => pay()));
  }

  /** Slices that are under way may lock the other way round. */
  async function putBack(): Promise<void> {
    for (;;) {
      try {
        return await kept.restoreAtOnce();
      } catch (error) {
        await restoring.rollback();
        if (codeOf(error) !== 'ER_LOCK_DEADLOCK') throw error;
      }
    }
  }

  async function expectAllThere(): Promise<void> {
    await onhand.settled();
    expectVerdicts(await onhand.verdicts());
    const outcomes = await expectSound(onhand);
    expect(new Set(outcomes.map(({ eventId }) => eventId)).size).to.equal(outcomes.length);
    const health = await fetch(`${processor.url}/health/ready`);
    expect(health.status, await health.text()).to.equal(200);
  }

  it('goes on from the log: nothing is lost, and nothing published twice', async () => {
    for (let round = 0; round < 5; round++) {
      await sendSome();
      if (round === 2) await putBack();
    }
    await expectAllThere();
  });

  it('is noticed by lanes that have nothing to do', async () => {
    await putBack();
    await expectAllThere();
  });

  it('is what verify says, while no processor is there to go on', async () => {
    await processor.stop();
    await putBack();
    const { findings } = await verifyEngines(onhand.settings);
    const told = findings.map(({ what }) => what);
    expect(told).to.include('Kafka is ahead of the database, which may have been put back');
    processor = await onhand.startProcessor();
    await expectAllThere();
  });
});
