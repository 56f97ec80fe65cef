import { expect } from 'chai';
import { commandsFor } from '../testing/commandsFor.ts';
import { type Step, dayMs, given, minuteMs, pass, startTime } from '../testing/spec.ts';
import type { AskingCommand } from './commands.ts';
import type { StockEvent } from './events.ts';
import { LEVEL_MAX, QUANTITY_MAX } from './limits.ts';
import { REJECTIONS, REJECTIONS_OF, type RejectionReason } from './rejections.ts';

/**
 * Faults from the first that is seen to the last. A fault is either fields of the command or what
 * went before it. Every row of a table is tried with the faults of all rows below it as well: so
 * each row proves its code, and that it comes before the code of the next row.
 */
interface Table {
  past: Step[];
  command: AskingCommand;
  faults: [fault: object | Step[], code: RejectionReason][];
  /** The outcome when no fault is left. */
  granted: StockEvent['kind'];
}

const { receive, reserve, confirm, release, extend, takeBack, adjust, count } =
  commandsFor('SKU-1');
const other = commandsFor('SKU-2');
const tooMany = QUANTITY_MAX + 1;
const stocked = [receive(10, { commandId: 'used' })];
const held = [...stocked, reserve('o-1', 3)];
const sold = [...held, confirm('o-1')];
const expired = [...held, pass(30 * minuteMs)];
const soon = startTime + dayMs;

// The first two cannot meet: an invalid id is never remembered.
const anyFaults: Table['faults'] = [
  [{ commandId: 'a b' }, 'COMMAND_ID_INVALID'],
  [{ commandId: 'used' }, 'COMMAND_ID_REUSED'],
  [{ sku: ' SKU-1' }, 'SKU_INVALID'],
  [{ location: '' }, 'LOCATION_INVALID'],
];
const orderFaults: Table['faults'] = [...anyFaults, [{ orderId: 'o 1' }, 'ORDER_ID_INVALID']];
const reasonFault: Table['faults'][number] = [{ reason: ' '.repeat(201) }, 'REASON_INVALID'];

const tables: Table[] = [
  {
    past: stocked,
    command: receive(1),
    faults: [
      ...anyFaults,
      [{ quantity: tooMany }, 'QUANTITY_INVALID'],
      [[count(LEVEL_MAX)], 'QUANTITY_OVERFLOW'],
    ],
    granted: 'StockReceived',
  },
  {
    past: stocked,
    command: reserve('o-1', 3),
    faults: [
      ...orderFaults,
      [{ quantity: tooMany }, 'QUANTITY_INVALID'],
      [{ expiresAt: startTime }, 'EXPIRY_INVALID'],
      [[other.release('o-1')], 'ORDER_CANCELLED'],
      [{ sku: 'SKU-2' }, 'UNKNOWN_STOCK_ITEM'],
      [{ quantity: 11 }, 'INSUFFICIENT_STOCK'],
    ],
    granted: 'StockReserved',
  },
  {
    past: stocked,
    command: reserve('o-1', 1),
    faults: [
      [{ ttlSeconds: 1, expiresAt: soon }, 'EXPIRY_INVALID'],
      [[reserve('o-1', 3)], 'ALREADY_RESERVED'],
      [{ quantity: 11 }, 'INSUFFICIENT_STOCK'],
    ],
    granted: 'StockReserved',
  },
  {
    past: held,
    command: confirm('o-1'),
    faults: [
      ...orderFaults,
      [{ quantity: tooMany }, 'QUANTITY_INVALID'],
      [{ orderId: 'o-2' }, 'RESERVATION_NOT_FOUND'],
      [{ quantity: 4 }, 'QUANTITY_EXCEEDS_PENDING'],
    ],
    granted: 'ReservationConfirmed',
  },
  {
    past: held,
    command: confirm('o-1'),
    faults: [
      [{ quantity: 0 }, 'QUANTITY_INVALID'],
      [[confirm('o-1', { quantity: 1 })], 'ALREADY_CONFIRMED'],
      [[release('o-1')], 'ALREADY_RELEASED'],
      [{ quantity: 4 }, 'QUANTITY_EXCEEDS_PENDING'],
      [[pass(30 * minuteMs), reserve('o-2', 8)], 'REFUND_REQUIRED'],
    ],
    granted: 'ReservationConfirmed',
  },
  {
    past: held,
    command: release('o-1'),
    faults: [
      ...orderFaults,
      reasonFault,
      [{ quantity: tooMany }, 'QUANTITY_INVALID'],
      [[confirm('o-1', { quantity: 1 })], 'ALREADY_CONFIRMED'],
      [[release('o-1', { quantity: 1 })], 'ALREADY_RELEASED'],
      [[pass(30 * minuteMs)], 'ALREADY_EXPIRED'],
      [{ quantity: 4 }, 'QUANTITY_EXCEEDS_PENDING'],
    ],
    granted: 'ReservationReleased',
  },
  {
    past: held,
    command: extend('o-1', soon),
    faults: [
      ...orderFaults,
      [{ orderId: 'o-2' }, 'RESERVATION_NOT_FOUND'],
      [{ expiresAt: startTime }, 'EXPIRY_INVALID'],
    ],
    granted: 'ReservationExtended',
  },
  {
    past: held,
    command: extend('o-1', soon),
    faults: [
      [[confirm('o-1', { quantity: 1 })], 'ALREADY_CONFIRMED'],
      [[release('o-1', { quantity: 1 })], 'ALREADY_RELEASED'],
      [[pass(30 * minuteMs)], 'ALREADY_EXPIRED'],
      [{ expiresAt: startTime + 2 * dayMs + 1 }, 'EXPIRY_INVALID'],
    ],
    granted: 'ReservationExtended',
  },
  {
    past: sold,
    command: takeBack('o-1', 3),
    faults: [
      ...orderFaults,
      [{ quantity: tooMany }, 'QUANTITY_INVALID'],
      [{ orderId: 'o-2' }, 'RESERVATION_NOT_FOUND'],
      [{ quantity: 4 }, 'QUANTITY_EXCEEDS_CONFIRMED'],
      [[count(LEVEL_MAX)], 'QUANTITY_OVERFLOW'],
    ],
    granted: 'StockReturned',
  },
  {
    past: held,
    command: adjust(1),
    faults: [
      ...anyFaults,
      reasonFault,
      [{ delta: tooMany }, 'QUANTITY_INVALID'],
      [{ reason: ' ' }, 'REASON_MISSING'],
      [[count(LEVEL_MAX)], 'QUANTITY_OVERFLOW'],
    ],
    granted: 'StockAdjusted',
  },
  {
    past: expired,
    command: adjust(-10),
    faults: [
      [{ delta: -tooMany }, 'QUANTITY_INVALID'],
      [{ reason: '' }, 'REASON_MISSING'],
      [{ delta: -11 }, 'WOULD_BREAK_RESERVATIONS'],
    ],
    granted: 'StockAdjusted',
  },
  {
    past: held,
    command: count(3),
    faults: [
      ...anyFaults,
      reasonFault,
      [{ counted: -1 }, 'QUANTITY_INVALID'],
      [{ reason: '\u3000' }, 'REASON_MISSING'],
      [{ expected: 9 }, 'EXPECTATION_FAILED'],
      [{ counted: 2 }, 'WOULD_BREAK_RESERVATIONS'],
    ],
    granted: 'StockCounted',
  },
  {
    past: [...stocked, { parked: 2, sku: 'SKU-1' }],
    command: { kind: 'RetryParked', commandId: 'retry', sku: 'SKU-1', location: 'main' },
    faults: [...anyFaults, [{ sku: 'SKU-2' }, 'NOTHING_PARKED']],
    granted: 'ParkedRetried',
  },
  {
    past: [...stocked, { parked: 1, sku: 'SKU-1' }],
    command: { kind: 'SkipParked', commandId: 'skip', sku: 'SKU-1', location: 'main' },
    faults: [...anyFaults, [{ sku: 'SKU-2' }, 'NOTHING_PARKED']],
    granted: 'ParkedSkipped',
  },
];

/** Neighbours in the order of precedence that cannot both be true of one command. */
const exclusive: [RejectionReason, RejectionReason][] = [
  // An order has at most one reservation of an item, and none of an item that was never stocked.
  ['ORDER_CANCELLED', 'ALREADY_RESERVED'],
  ['ALREADY_RESERVED', 'UNKNOWN_STOCK_ITEM'],
  // What was not found was neither confirmed nor released.
  ['RESERVATION_NOT_FOUND', 'ALREADY_CONFIRMED'],
  // Too much was added, or too much taken away.
  ['QUANTITY_OVERFLOW', 'WOULD_BREAK_RESERVATIONS'],
];

function fieldsOf(faults: Table['faults']): object {
  const fields = faults.map(([fault]) => (Array.isArray(fault) ? {} : fault));
  return Object.assign({}, ...fields.reverse()) as object;
}

function pastOf(faults: Table['faults']): Step[] {
  return faults.flatMap(([fault]) => (Array.isArray(fault) ? (fault as Step[]) : []));
}

describe('rejections', () => {
  for (const { past, command, faults, granted } of tables) {
    describe(`${command.kind}, of several faults`, () => {
      faults.forEach(([, code], row) => {
        const left = faults.slice(row);
        const rest = left.length > 1 ? `, before ${left[1]![1]}` : '';
        it(`${code}${rest}`, () => {
          given(...past, ...pastOf(left))
            .when({ ...command, ...fieldsOf(left) })
            .thenRefused(code, { command: command.kind });
        });
      });
      it(`none: ${granted}`, () => {
        const { outcome } = given(...past).when(command);
        expect(outcome?.kind).to.equal(granted);
      });
    });
  }

  it('have one order of precedence for all commands', () => {
    for (const reasons of Object.values(REJECTIONS_OF)) {
      const places = reasons.map((reason) => REJECTIONS.indexOf(reason));
      expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    }
  });

  it('are all reached above, and all neighbours that can meet have met', () => {
    for (const [kind, reasons] of Object.entries(REJECTIONS_OF)) {
      const codes = tables
        .filter(({ command }) => command.kind === kind)
        .map(({ faults }) => faults.map(([, code]) => code));
      expect(new Set(codes.flat()), kind).to.deep.equal(new Set<RejectionReason>(reasons));
      const met = codes.flatMap((list) => list.slice(1).map((code, row) => `${list[row]} ${code}`));
      const apart = exclusive.map((pair) => pair.join(' '));
      const neighbours = reasons.slice(1).map((code, row) => `${reasons[row]} ${code}`);
      expect([...met, ...apart], kind).to.include.members(neighbours);
    }
  });
});
