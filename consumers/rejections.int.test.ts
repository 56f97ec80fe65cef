import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import type { CommandRejected } from '../src/domain/events.ts';
import { LEVEL_MAX } from '../src/domain/limits.ts';
import { REJECTIONS_OF, type RejectionReason } from '../src/domain/rejections.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';

type Kind = AskingCommand['kind'];
type Commands = ReturnType<typeof commandsFor>;

interface Case {
  reason: RejectionReason;
  /** What came before, and was granted. */
  given?: (of: Commands) => AskingCommand[];
  /** Asked after the deadlines of what was given with `brief` have passed; the last is refused. */
  when: (of: Commands) => AskingCommand[];
  /** Units missing, where the receipt says so. */
  shortage?: number;
}

const brief = { ttlSeconds: 1 };
const hourMs = 3_600_000;
const soon = Date.now() + hourMs;

const sold = (of: Commands) => [of.receive(5), of.reserve('o-1', 3), of.confirm('o-1')];
const released = (of: Commands) => [of.receive(5), of.reserve('o-1', 3), of.release('o-1')];
const expired = (of: Commands) => [of.receive(5), of.reserve('o-1', 3, brief)];
const held = (of: Commands) => [of.receive(5), of.reserve('o-1', 3)];
const full = (of: Commands) => [of.count(LEVEL_MAX)];
const soldAndFull = (of: Commands) => [...sold(of), of.count(LEVEL_MAX)];

/** Each kind's reasons of its own, in order of precedence. */
const cases: Record<Kind, Case[]> = {
  ReceiveStock: [
    { reason: 'QUANTITY_INVALID', when: (of) => [of.receive(0)] },
    { reason: 'QUANTITY_OVERFLOW', given: full, when: (of) => [of.receive(1)] },
  ],
  ReserveStock: [
    { reason: 'QUANTITY_INVALID', when: (of) => [of.reserve('o-1', 2, { minimum: 3 })] },
    { reason: 'EXPIRY_INVALID', when: (of) => [of.reserve('o-1', 1, { expiresAt: 1000 })] },
    {
      reason: 'ORDER_CANCELLED',
      given: (of) => [of.receive(5), of.release('o-1')],
      when: (of) => [of.reserve('o-1', 1)],
    },
    { reason: 'ALREADY_RESERVED', given: held, when: (of) => [of.reserve('o-1', 1)] },
    { reason: 'UNKNOWN_STOCK_ITEM', when: (of) => [of.reserve('o-1', 1)] },
    {
      reason: 'INSUFFICIENT_STOCK',
      given: held,
      when: (of) => [of.reserve('o-2', 9, { minimum: 6 })],
      shortage: 4,
    },
  ],
  ConfirmReservation: [
    { reason: 'QUANTITY_INVALID', when: (of) => [of.confirm('o-1', { quantity: -1 })] },
    { reason: 'RESERVATION_NOT_FOUND', when: (of) => [of.confirm('o-1')] },
    { reason: 'ALREADY_CONFIRMED', given: sold, when: (of) => [of.confirm('o-1')] },
    { reason: 'ALREADY_RELEASED', given: released, when: (of) => [of.confirm('o-1')] },
    {
      reason: 'QUANTITY_EXCEEDS_PENDING',
      given: held,
      when: (of) => [of.confirm('o-1', { quantity: 4 })],
    },
    {
      reason: 'REFUND_REQUIRED',
      given: expired,
      when: (of) => [of.reserve('o-2', 4), of.confirm('o-1')],
      shortage: 2,
    },
  ],
  ReleaseReservation: [
    { reason: 'REASON_INVALID', when: (of) => [of.release('o-1', { reason: 'a\nb' })] },
    { reason: 'QUANTITY_INVALID', when: (of) => [of.release('o-1', { quantity: 0 })] },
    { reason: 'ALREADY_CONFIRMED', given: sold, when: (of) => [of.release('o-1')] },
    { reason: 'ALREADY_RELEASED', given: released, when: (of) => [of.release('o-1')] },
    { reason: 'ALREADY_EXPIRED', given: expired, when: (of) => [of.release('o-1')] },
    {
      reason: 'QUANTITY_EXCEEDS_PENDING',
      given: held,
      when: (of) => [of.release('o-1', { quantity: 4 })],
    },
  ],
  ExtendReservation: [
    { reason: 'RESERVATION_NOT_FOUND', when: (of) => [of.extend('o-1', soon)] },
    { reason: 'ALREADY_CONFIRMED', given: sold, when: (of) => [of.extend('o-1', soon)] },
    { reason: 'ALREADY_RELEASED', given: released, when: (of) => [of.extend('o-1', soon)] },
    { reason: 'ALREADY_EXPIRED', given: expired, when: (of) => [of.extend('o-1', soon)] },
    { reason: 'EXPIRY_INVALID', given: held, when: (of) => [of.extend('o-1', 1000)] },
  ],
  ReturnStock: [
    { reason: 'QUANTITY_INVALID', when: (of) => [of.takeBack('o-1', 0)] },
    { reason: 'RESERVATION_NOT_FOUND', when: (of) => [of.takeBack('o-1', 1)] },
    { reason: 'QUANTITY_EXCEEDS_CONFIRMED', given: sold, when: (of) => [of.takeBack('o-1', 4)] },
    { reason: 'QUANTITY_OVERFLOW', given: soldAndFull, when: (of) => [of.takeBack('o-1', 1)] },
  ],
  AdjustStock: [
    { reason: 'REASON_INVALID', when: (of) => [of.adjust(1, { reason: 'x'.repeat(201) })] },
    { reason: 'QUANTITY_INVALID', when: (of) => [of.adjust(0)] },
    { reason: 'REASON_MISSING', when: (of) => [of.adjust(1, { reason: ' ' })] },
    { reason: 'QUANTITY_OVERFLOW', given: full, when: (of) => [of.adjust(1)] },
    {
      reason: 'WOULD_BREAK_RESERVATIONS',
      given: held,
      when: (of) => [of.adjust(-3)],
      shortage: 1,
    },
  ],
  CountStock: [
    { reason: 'REASON_INVALID', when: (of) => [of.count(1, { reason: '\u0000' })] },
    { reason: 'QUANTITY_INVALID', when: (of) => [of.count(-1)] },
    { reason: 'REASON_MISSING', when: (of) => [of.count(1, { reason: '' })] },
    { reason: 'EXPECTATION_FAILED', given: held, when: (of) => [of.count(5, { expected: 4 })] },
    { reason: 'WOULD_BREAK_RESERVATIONS', given: held, when: (of) => [of.count(1)], shortage: 2 },
  ],
  RetryParked: [{ reason: 'NOTHING_PARKED', when: (of) => [of.retryParked()] }],
  SkipParked: [{ reason: 'NOTHING_PARKED', given: held, when: (of) => [of.skipParked()] }],
};

/** A command of each kind that has nothing wrong in itself. */
const sound: Record<Kind, (of: Commands) => AskingCommand> = {
  ReceiveStock: (of) => of.receive(1),
  ReserveStock: (of) => of.reserve('o-1', 1),
  ConfirmReservation: (of) => of.confirm('o-1'),
  ReleaseReservation: (of) => of.release('o-1'),
  ExtendReservation: (of) => of.extend('o-1', soon),
  ReturnStock: (of) => of.takeBack('o-1', 1),
  AdjustStock: (of) => of.adjust(1),
  CountStock: (of) => of.count(1),
  RetryParked: (of) => of.retryParked(),
  SkipParked: (of) => of.skipParked(),
};

/** Reasons that every kind can meet, whatever it asks for. */
function commonCases(kind: Kind): Case[] {
  const withField = (more: object) => (of: Commands) => [{ ...sound[kind](of), ...more }];
  const byOrder = { reason: 'ORDER_ID_INVALID', when: withField({ orderId: 'o 1' }) } as const;
  return [
    { reason: 'COMMAND_ID_INVALID', when: withField({ commandId: '' }) },
    {
      reason: 'COMMAND_ID_REUSED',
      given: (of) => [of.receive(1, { commandId: `reused-${kind}` })],
      when: withField({ commandId: `reused-${kind}`, location: 'north' }),
    },
    { reason: 'SKU_INVALID', when: withField({ sku: `${kind} ` }) },
    { reason: 'LOCATION_INVALID', when: withField({ location: '' }) },
    ...('orderId' in sound[kind](commandsFor('')) ? [byOrder] : []),
  ];
}

describe('rejections from Kafka to Kafka', function () {
  this.timeout(180_000);
  const kinds = Object.keys(cases) as Kind[];
  const table = kinds.flatMap((kind) =>
    [...commonCases(kind), ...cases[kind]].map((row) => {
      const commands = commandsFor(`${kind}-${row.reason}`);
      return { kind, row, given: row.given?.(commands) ?? [], when: row.when(commands) };
    }),
  );
  let onhand: TestInstallation;
  let processor: Processor;
  let events: PublishedStockEvent[];
  before(async () => {
    onhand = await testInstallation();
    // All of it is in the log before a processor starts: log time alone says what is late.
    await onhand.send(table.flatMap(({ given }) => given));
    await sleep(1000 * brief.ttlSeconds + 100);
    await onhand.send(table.flatMap(({ when }) => when));
    processor = await onhand.startProcessor();
    await onhand.settled();
    events = await onhand.events();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  for (const { kind, row, when } of table) {
    it(`${kind}: ${row.reason}`, () => {
      const asked = when.at(-1)!;
      const last = events.filter(({ sku }) => sku === asked.sku).at(-1);
      const { commandId } = asked;
      expect(last).to.include({ kind: 'CommandRejected', command: kind, reason: row.reason });
      expect(last).to.include({ commandId, shortage: row.shortage ?? null });
      expect(last?.onHandAfter).to.equal(last?.onHandBefore);
      expect(last?.reservedAfter).to.equal(last?.reservedBefore);
    });
  }

  it('grants all that was given, and what prepares a refusal', () => {
    const prepared = table.flatMap(({ given, when }) => [...given, ...when.slice(0, -1)]);
    for (const { commandId, sku } of prepared) {
      const outcome = events.find((event) => event.commandId === commandId && event.sku === sku);
      expect(outcome?.kind, `${sku} ${commandId}`).to.be.oneOf([
        'StockReceived',
        'StockCounted',
        'StockReserved',
        'ReservationConfirmed',
        'ReservationReleased',
      ]);
    }
  });

  it('leaves no reason of any command out', () => {
    const met = new Set(events.filter(isRejected).map(({ command, reason }) => command + reason));
    const possible = kinds.flatMap((kind) => REJECTIONS_OF[kind].map((reason) => kind + reason));
    expect(Object.keys(REJECTIONS_OF)).to.have.members(kinds);
    expect([...met]).to.have.members(possible);
  });

  it('numbers the refusals of a stock item like its other events', () => {
    expectUnbroken(events);
  });
});

function isRejected(event: PublishedStockEvent): event is PublishedStockEvent & CommandRejected {
  return event.kind === 'CommandRejected';
}
