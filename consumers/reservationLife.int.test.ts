import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

type Commands = ReturnType<typeof commandsFor>;
type Outcome = [
  kind: PublishedStockEvent['kind'],
  level: [onHand: number, reserved: number],
  more?: object,
];

interface Life {
  life: string;
  asked: (of: Commands) => AskingCommand[];
  /** Asked when what was reserved with `brief` is over, but no tick has come. */
  overdue?: (of: Commands) => AskingCommand[];
  /** Asked after a tick. */
  ticked?: (of: Commands) => AskingCommand[];
  outcomes: Outcome[];
}

const brief = { ttlSeconds: 1 };
const inAnHour = Date.now() + 3_600_000;

const lives: Life[] = [
  {
    life: 'is confirmed bit by bit',
    asked: (of) => [
      of.receive(10),
      of.reserve('o-1', 6),
      of.confirm('o-1', { quantity: 2 }),
      of.confirm('o-1'),
    ],
    outcomes: [
      ['StockReceived', [10, 0], { quantity: 10 }],
      ['StockReserved', [10, 6], { orderId: 'o-1', requested: 6, granted: 6 }],
      ['ReservationConfirmed', [8, 4], { quantity: 2, pending: 4, late: false }],
      ['ReservationConfirmed', [4, 0], { quantity: 4, pending: 0, late: false }],
    ],
  },
  {
    life: 'gets what is there, and is released bit by bit',
    asked: (of) => [
      of.receive(5),
      of.reserve('o-1', 8, { minimum: 2 }),
      of.release('o-1', { quantity: 2, reason: 'less' }),
      of.release('o-1', { reason: '' }),
    ],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 5], { requested: 8, granted: 5 }],
      ['ReservationReleased', [5, 3], { quantity: 2, pending: 3, reason: 'less' }],
      ['ReservationReleased', [5, 0], { quantity: 3, pending: 0, tombstone: false }],
    ],
  },
  {
    life: 'is confirmed in part and released for the rest',
    asked: (of) => [
      of.receive(5),
      of.reserve('o-1', 4),
      of.confirm('o-1', { quantity: 1 }),
      of.release('o-1'),
    ],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 4]],
      ['ReservationConfirmed', [4, 3], { quantity: 1, pending: 3 }],
      ['ReservationReleased', [4, 0], { quantity: 3, pending: 0 }],
    ],
  },
  {
    life: 'is released before it is reserved',
    asked: (of) => [of.receive(5), of.release('o-1'), of.reserve('o-1', 1)],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['ReservationReleased', [5, 0], { quantity: 0, pending: 0, tombstone: true }],
      ['CommandRejected', [5, 0], { reason: 'ORDER_CANCELLED' }],
    ],
  },
  {
    life: 'is sold and comes back',
    asked: (of) => [
      of.receive(5),
      of.reserve('o-1', 3),
      of.confirm('o-1'),
      of.takeBack('o-1', 1),
      of.takeBack('o-1', 2),
    ],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 3]],
      ['ReservationConfirmed', [2, 0]],
      ['StockReturned', [3, 0], { quantity: 1, returned: 1 }],
      ['StockReturned', [5, 0], { quantity: 2, returned: 3 }],
    ],
  },
  {
    life: 'stands while the stock is corrected around it',
    asked: (of) => [
      of.count(9),
      of.reserve('o-1', 4),
      of.adjust(-5),
      of.adjust(3, { reason: 'found' }),
      of.count(4, { expected: 7 }),
    ],
    outcomes: [
      ['StockCounted', [9, 0], { counted: 9, delta: 9 }],
      ['StockReserved', [9, 4]],
      ['StockAdjusted', [4, 4], { delta: -5, reason: 'broken' }],
      ['StockAdjusted', [7, 4], { delta: 3, reason: 'found' }],
      ['StockCounted', [4, 4], { counted: 4, delta: -3 }],
    ],
  },
  {
    life: 'is extended and so outlives its first deadline',
    asked: (of) => [of.receive(5), of.reserve('o-1', 2, brief), of.extend('o-1', inAnHour)],
    ticked: (of) => [of.confirm('o-1')],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 2]],
      ['ReservationExtended', [5, 2], { expiresAt: inAnHour }],
      ['ReservationConfirmed', [3, 0], { late: false }],
    ],
  },
  {
    life: 'expires by a tick, once, for what is still pending',
    asked: (of) => [of.receive(5), of.reserve('o-1', 3, brief), of.confirm('o-1', { quantity: 1 })],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 3]],
      ['ReservationConfirmed', [4, 2]],
      ['ReservationExpired', [4, 0], { orderId: 'o-1', quantity: 2, commandId: null }],
    ],
  },
  {
    life: 'is paid late, in part, after a tick',
    asked: (of) => [of.receive(5), of.reserve('o-1', 3, brief)],
    ticked: (of) => [of.confirm('o-1', { quantity: 2 })],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 3]],
      ['ReservationExpired', [5, 0]],
      ['ReservationConfirmed', [3, 0], { quantity: 2, pending: 0, late: true }],
    ],
  },
  {
    life: 'is paid late, before any tick',
    asked: (of) => [of.receive(5), of.reserve('o-1', 3, brief)],
    overdue: (of) => [of.confirm('o-1')],
    outcomes: [
      ['StockReceived', [5, 0]],
      ['StockReserved', [5, 3]],
      ['ReservationExpired', [5, 0], { quantity: 3, index: 0 }],
      ['ReservationConfirmed', [2, 0], { quantity: 3, late: true, index: 1 }],
    ],
  },
  {
    life: 'makes room for another order when it is over, before any tick',
    asked: (of) => [of.receive(4), of.reserve('o-1', 3, brief), of.reserve('o-2', 1, brief)],
    overdue: (of) => [of.reserve('o-3', 2)],
    outcomes: [
      ['StockReceived', [4, 0]],
      ['StockReserved', [4, 3]],
      ['StockReserved', [4, 4]],
      ['ReservationExpired', [4, 1], { orderId: 'o-1', quantity: 3, index: 0 }],
      ['StockReserved', [4, 3], { orderId: 'o-3', granted: 2, index: 1 }],
      ['ReservationExpired', [4, 2], { orderId: 'o-2', commandId: null }],
    ],
  },
];

describe('the life of a reservation from Kafka to Kafka', function () {
  this.timeout(180_000);
  const table = lives.map((life) => ({ ...life, commands: commandsFor(life.life) }));
  const ask = (when: 'asked' | 'overdue' | 'ticked') =>
    onhand.send(table.flatMap((row) => row[when]?.(row.commands) ?? []));
  let onhand: TestInstallation;
  let processor: Processor;
  let events: PublishedStockEvent[];
  before(async () => {
    onhand = await testInstallation();
    // All of it is in the log before a processor starts: log time alone says what is over.
    await ask('asked');
    await sleep(1000 * brief.ttlSeconds + 100);
    await ask('overdue');
    await onhand.tick();
    await onhand.tick();
    await ask('ticked');
    processor = await onhand.startProcessor();
    await onhand.settled();
    events = await onhand.events();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  for (const { life, outcomes } of table) {
    it(life, () => {
      const own = events.filter(({ sku }) => sku === life);
      const seen = own.map((event): Outcome => {
        return [event.kind, [event.onHandAfter, event.reservedAfter]];
      });
      expect(seen).to.deep.equal(outcomes.map(([kind, level]) => [kind, level]));
      for (const [index, [, , more = {}]] of outcomes.entries()) {
        expect(own[index]).to.deep.include(more);
      }
    });
  }

  it('expires when a deadline has passed, without anybody asking', async () => {
    const { receive, reserve } = commandsFor('by itself');
    await onhand.send([receive(2), reserve('o-1', 2, brief)]);
    const expiries = async () => {
      const own = (await onhand.events()).filter(({ sku }) => sku === 'by itself');
      return own.filter(({ kind }) => kind === 'ReservationExpired');
    };
    await waitUntil('its expiry', async () => (await expiries()).length > 0);
    const [expiry] = await expiries();
    expect(expiry).to.include({ orderId: 'o-1', quantity: 2, reservedAfter: 0 });
    expect(expiry!.time).to.be.at.least((expiry as { expiresAt: number }).expiresAt);
  });

  it('leaves events without a gap whose fold is what MySQL holds', async () => {
    await onhand.settled();
    events = await onhand.events();
    expectUnbroken(events);
    expect(await storedStock(onhand.pool)).to.deep.equal(foldedStock(events));
  });
});
