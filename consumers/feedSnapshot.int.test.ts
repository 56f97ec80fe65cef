import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Transaction } from 'kafkajs';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { encodeStockLevel } from '../src/messaging/stockLevelCodec.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { type FeedSnapshot, readFeedSnapshot } from './feedSnapshot.ts';

describe('readFeedSnapshot', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
  });
  after(() => onhand?.close());

  /** Sends what a lane's publisher would, with the last level of one SKU. */
  async function sendLevels(transaction: Transaction, sequences: number[]): Promise<void> {
    const { stockEvents, stockLevels } = onhand.topics;
    for (const sequence of sequences) {
      const level = { sku: 'tea', location: 'main', onHand: 1, reserved: 0, time: 1, sequence };
      const at = { key: 'tea', partition: 1 };
      await transaction.sendBatch({
        acks: -1,
        topicMessages: [
          { topic: stockEvents.name, messages: [{ ...at, value: 'an event' }] },
          { topic: stockLevels.name, messages: [{ ...at, value: encodeStockLevel(level) }] },
        ],
      });
    }
  }

  it('has the last level of each item, and waits for those of transactions under way', async () => {
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer({
      transactionalId: `${onhand.settings.ONHAND_TOPIC_PREFIX}test`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    try {
      const first = await producer.transaction();
      await sendLevels(first, [1, 2]);
      await first.commit();
      const second = await producer.transaction();
      await sendLevels(second, [3]);

      let snapshots: Map<number, FeedSnapshot> | undefined;
      const { settings, admin } = onhand;
      const reading = readFeedSnapshot(settings, silentLogger, admin, [1, 2]).then((read) => {
        snapshots = read;
      });
      await sleep(400);
      expect(snapshots).to.be.undefined;
      await second.commit();
      await reading;
      const { levels, offset } = snapshots!.get(1)!;
      expect(levels.map(({ sequence }) => sequence)).to.deep.equal([3]);
      // Two events and the end of their transaction; the third event is to be read.
      expect(offset).to.equal(3);
      expect(snapshots!.get(2)).to.deep.equal({ levels: [], offset: 0 });
    } finally {
      await producer.disconnect();
    }
  });
});
