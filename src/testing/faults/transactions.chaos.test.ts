import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Producer } from 'kafkajs';
import type { AskingCommand } from '../../domain/commands.ts';
import { createKafka } from '../../messaging/kafkaClient.ts';
import { partitionOf } from '../../messaging/partitionOf.ts';
import { encodeStockCommand } from '../../messaging/stockCommandCodec.ts';
import { commandsFor } from '../commandsFor.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { waitUntil } from '../waitUntil.ts';
import { type FaultRig, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import { readWithKcat } from './readWithKcat.ts';

const rounds = isFullChaos ? 60 : 12;
const transactionMs = 3000;
/** All commands go to the lane of this SKU. */
const sku = 'transacted';

describe('upstream services that send commands in transactions', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  let producers: Producer[];
  beforeEach(async () => {
    rig = await faultRig();
    producers = ['one', 'two'].map((name) =>
      createKafka(rig.settings, name, silentLogger).producer({
        transactionalId: `${rig.settings.ONHAND_TOPIC_PREFIX}${name}`,
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: transactionMs,
      }),
    );
    await Promise.all(producers.map((producer) => producer.connect()));
  });
  afterEach(async () => {
    await Promise.all(producers.map((producer) => producer.disconnect()));
    await rig?.close();
  });

  const recordOf = (command: AskingCommand) => ({
    topic: rig.topics.stockCommands.name,
    messages: [{ key: sku, value: encodeStockCommand(command) }],
  });
  const count = async (isolation: 'read_committed' | 'read_uncommitted') =>
    (await readWithKcat(rig.settings, rig.topics.stockCommands.name, isolation)).length;
  const received = async () =>
    (await rig.events()).flatMap((event) => {
      return event.sku === sku && event.kind === 'StockReceived' ? [event.quantity] : [];
    });
  const laneOf = async () => {
    const lane = partitionOf(sku, rig.settings.ONHAND_PARTITIONS);
    return (await rig.progress()).find((row) => row.lane === lane)!;
  };

  it('abort most of them, overlapping: the others are applied, in their order', async () => {
    rig.startLoad();
    const worker = rig.newWorker();
    const committed: number[] = [];
    let aborted = 0;
    for (let round = 0; round < rounds; round++) {
      const [one, two] = await Promise.all(producers.map((producer) => producer.transaction()));
      await one!.send(recordOf(commandsFor(sku).receive(1000 + round)));
      await two!.send(recordOf(commandsFor(sku).receive(1 + round)));
      await one!.send(recordOf(commandsFor(sku).receive(2000 + round)));
      // Both are aborted, or only the first; now this one ends first, now the other.
      const twoAborts = round % 3 === 0;
      const ends = [() => one!.abort(), () => (twoAborts ? two!.abort() : two!.commit())];
      for (const end of round % 2 === 0 ? ends : ends.reverse()) await end();
      aborted += twoAborts ? 3 : 2;
      if (!twoAborts) committed.push(1 + round);
    }
    await rig.expectExact();
    expect((await count('read_uncommitted')) - (await count('read_committed'))).to.equal(aborted);
    expect(await received()).to.deep.equal(committed);
    expect(worker.said('lane halted')).to.deep.equal([]);
  });

  it('leave nothing but an aborted stretch at the end: its deletion is no loss', async () => {
    const early = rig.newWorker();
    await early.untilSaid('lane claimed', 3);
    await rig.send([commandsFor(sku).receive(1)]);
    await rig.settled();
    const transaction = await producers[0]!.transaction();
    for (let sent = 0; sent < 5; sent++) {
      await transaction.send(recordOf(commandsFor(sku).receive(1000)));
    }
    await transaction.abort();
    await rig.expectExact();
    const { lane, nextOffset } = await laneOf();
    expect(nextOffset, 'one record, five aborted, one marker').to.equal(7);

    const topic = rig.topics.stockCommands.name;
    const partitions = [{ partition: lane, offset: String(nextOffset) }];
    await rig.admin.deleteTopicRecords({ topic, partitions });
    const worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    await rig.send([commandsFor(sku).receive(2)]);
    await rig.settled();
    expect(await received()).to.deep.equal([1, 2]);
    expect(worker.said('lane halted')).to.deep.equal([]);
  });

  itInFull(
    'hang: what comes after waits until the broker gives them up, then goes on',
    async () => {
      const worker = rig.newWorker();
      await worker.untilSaid('lane claimed', 3);
      const transaction = await producers[0]!.transaction();
      await transaction.send(recordOf(commandsFor(sku).receive(1000)));
      await rig.send([commandsFor(sku).receive(1)]);
      await sleep(1500);
      expect(await count('read_uncommitted')).to.equal(2);
      expect(await count('read_committed')).to.equal(0);
      expect((await laneOf()).nextOffset).to.equal(0);

      // The broker looks for such transactions every 10 seconds.
      await waitUntil('the end of it', async () => (await laneOf()).nextOffset === 3, 60_000);
      await rig.expectExact();
      expect(await received()).to.deep.equal([1]);
    },
  );
});
