import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { decodeStockLevel } from '../src/messaging/stockLevelCodec.ts';
import { fetchTopicIds } from '../src/messaging/topicIds.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';

describe('from commands to events', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  const outcomesOf = async (sku: string) => {
    await onhand.settled();
    return (await onhand.events()).filter((event) => event.sku === sku);
  };

  it('receives, reserves and refuses, each with the quantities before and after', async () => {
    const { receive, reserve } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 7), reserve('o-2', 4), reserve('o-3', 3)]);
    const events = await outcomesOf('tea');
    const moves = events.map((event) => [
      event.kind,
      event.sequence,
      [event.onHandBefore, event.reservedBefore],
      [event.onHandAfter, event.reservedAfter],
    ]);
    expect(moves).to.deep.equal([
      ['StockReceived', 1, [0, 0], [10, 0]],
      ['StockReserved', 2, [10, 0], [10, 7]],
      ['CommandRejected', 3, [10, 7], [10, 7]],
      ['StockReserved', 4, [10, 7], [10, 10]],
    ]);
    expect(events[2]).to.include({ reason: 'INSUFFICIENT_STOCK', requested: 4, shortage: 1 });
  });

  it('says in every event what caused it, and derives its id from that', async () => {
    const { receive } = commandsFor('cause');
    const command = receive(1);
    await onhand.send([command]);
    const [event] = await outcomesOf('cause');
    const { name } = onhand.topics.stockCommands;
    const kafka = createKafka(onhand.settings, 'onhand-test', silentLogger);
    const topicId = (await fetchTopicIds(kafka, [name])).get(name);
    const partition = partitionOf('cause', 3);
    const ends = await onhand.admin.fetchTopicOffsets(name);
    const offset = Number(ends.find((end) => end.partition === partition)?.high) - 1;
    expect(event).to.deep.include({ commandId: command.commandId, partition, offset, index: 0 });
    expect(event!.eventId).to.equal(`${topicId}:${partition}:${offset}:0`);
  });

  it('puts an event into the partition of its command, keyed by SKU', async () => {
    const skus = Array.from({ length: 20 }, (_, index) => `keyed-${index}`);
    await onhand.send(skus.map((sku) => commandsFor(sku).receive(1)));
    await onhand.settled();
    const records = await onhand.read('stockEvents');
    for (const sku of skus) {
      const own = records.filter(({ key }) => key?.toString() === sku);
      expect(own.map(({ partition }) => partition)).to.deep.equal([partitionOf(sku, 3)]);
    }
  });

  it('leaves the last level of each stock item on stock.levels, as MySQL has it', async () => {
    const north = { location: 'north' };
    const { receive, reserve } = commandsFor('coffee');
    await onhand.send([receive(5), receive(3, north), reserve('o-1', 2), reserve('o-1', 1, north)]);
    await onhand.settled();
    const levels = new Map<string, ReturnType<typeof decodeStockLevel>>();
    for (const { key, value } of await onhand.read('stockLevels')) {
      levels.set(key!.toString(), decodeStockLevel(value));
    }
    expect(levels.get('coffee')).to.include({ sequence: 2, onHand: 5, reserved: 2 });
    expect(levels.get('coffee\nnorth')).to.include({ sequence: 2, onHand: 3, reserved: 1 });

    const { levels: rows } = await storedStock(onhand.pool);
    expect(rows).to.have.length(levels.size);
    for (const { sku, location, onHand, reserved, sequence } of rows) {
      const key = location === 'main' ? sku : `${sku}\n${location}`;
      expect(levels.get(key), key).to.include({ onHand, reserved, sequence });
    }
  });

  it('answers the repeat of a command with nothing new', async () => {
    const { receive } = commandsFor('repeat');
    const command = receive(4);
    await onhand.send([command, command]);
    await onhand.settled();
    await onhand.send([command]);
    const events = await outcomesOf('repeat');
    expect(events.map(({ kind, onHandAfter }) => [kind, onHandAfter])).to.deep.equal([
      ['StockReceived', 4],
    ]);
  });

  it('refuses an id that comes again with another body, within a batch and later', async () => {
    const { receive } = commandsFor('reused');
    const command = receive(4);
    await onhand.send([command, { ...command, quantity: 5 }]);
    await onhand.settled();
    await onhand.send([{ ...command, quantity: 6 }, command]);
    const events = await outcomesOf('reused');
    expect(events.map((event) => ('reason' in event ? event.reason : event.kind))).to.deep.equal([
      'StockReceived',
      'COMMAND_ID_REUSED',
      'COMMAND_ID_REUSED',
    ]);
    expect(events.at(-1)).to.include({ onHandAfter: 4, commandId: command.commandId });
  });

  it('leaves events without a gap whose fold is what MySQL holds', async () => {
    await onhand.settled();
    const events = await onhand.events();
    expectUnbroken(events);
    expect(await storedStock(onhand.pool)).to.deep.equal(foldedStock(events));
  });
});
