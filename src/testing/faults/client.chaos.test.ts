import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { killServer, startServer } from '../../../stack/controlServer.ts';
import { serversAreOurs } from '../../../stack/serversAreOurs.ts';
import { StockBusyError } from '../../../producers/stockBusyError.ts';
import { StockClient } from '../../../producers/stockClient.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { expectAway } from './expectAway.ts';
import { type FaultRig, faultRig, isFullChaos } from './faultRig.ts';

const callers = 8;
const kills = isFullChaos ? 3 : 1;
const skus = ['tea', 'cup', 'pot'];

describe('callers of the stock client', function () {
  this.timeout(isFullChaos ? 240_000 : 180_000);
  let rig: FaultRig;
  let client: StockClient;
  before(function () {
    if (!serversAreOurs()) this.skip();
  });
  after(async () => {
    await startServer('kafka');
    await client?.close();
    await rig?.close();
  });

  it('get one answer each, though Kafka and workers are killed meanwhile', async () => {
    rig = await faultRig();
    let worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    client = new StockClient(rig.settings, silentLogger, { deadlineMs: 2000 });
    await client.start();
    for (const sku of skus) await client.receive({ sku, quantity: 1_000_000 });

    let isOver = false;
    let asked = 0;
    let granted = 0;
    let busy = 0;
    const reserveOne = async (orderId: string, sku: string) => {
      const ask = { commandId: `reserve-${orderId}`, orderId, sku, quantity: 1 };
      for (;;) {
        try {
          const { event } = await client.reserve(ask);
          return event.kind === 'StockReserved' ? 1 : 0;
        } catch (error) {
          if (!(error instanceof StockBusyError)) throw error;
          expect(error.commandId).to.equal(ask.commandId);
          busy++;
        }
      }
    };
    const calling = Array.from({ length: callers }, async () => {
      while (!isOver) {
        const number = asked++;
        const units = await reserveOne(`order-${number}`, skus[number % skus.length]!);
        granted += units;
      }
    });
    for (let round = 0; round < kills; round++) {
      await sleep(1500);
      await killServer('kafka');
      await expectAway('kafka');
      await sleep(2500);
      await startServer('kafka');
      await sleep(1500);
      await worker.kill();
      worker = rig.newWorker();
    }
    await sleep(1500);
    isOver = true;
    await Promise.all(calling);

    expect(busy, 'calls that were asked again').to.be.above(0);
    expect(granted).to.equal(asked);
    const [rows] = await rig.pool.query('SELECT SUM(reserved) AS reserved FROM stock_levels');
    expect(Number((rows as { reserved: string }[])[0]?.reserved)).to.equal(granted);
    await rig.expectExact();
  });
});
