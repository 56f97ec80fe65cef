import { expect } from 'chai';
import { commandsFor } from '../testing/commandsFor.ts';
import { listReservations } from '../testing/listReservations.ts';
import { given, minuteMs, pass, policy, startTime } from '../testing/spec.ts';
import { bodyDigest } from './bodyDigest.ts';
import { decide, refuseSkipped } from './decide.ts';
import { foldBatch } from './foldBatch.ts';
import { EXPIRE_LIMIT_MAX } from './limits.ts';
import { emptyState } from './stockState.ts';

const { receive, reserve, confirm, release, extend, takeBack, count } = commandsFor('SKU-1');
const elsewhere = { location: 'north' };
const tick = (limit: number) => ({ kind: 'ExpireDue', limit }) as const;

describe('decide', () => {
  it('states a fact with what was before and after', () => {
    const command = reserve('o-1', 4, { minimum: 1, ttlSeconds: 60 });
    const { events } = given(receive(3)).when(command);
    expect(events).to.deep.equal([
      {
        sku: 'SKU-1',
        location: 'main',
        sequence: 2,
        commandId: command.commandId,
        commandDigest: bodyDigest(command),
        time: startTime,
        onHandBefore: 3,
        reservedBefore: 0,
        onHandAfter: 3,
        reservedAfter: 3,
        kind: 'StockReserved',
        orderId: 'o-1',
        requested: 4,
        granted: 3,
        expiresAt: startTime + minuteMs,
      },
    ]);
  });

  it('refuses with a receipt: what was asked, what was seen, what is missing', () => {
    const command = reserve('o-2', 4);
    const { events } = given(receive(5), reserve('o-1', 2)).when(command);
    expect(events).to.deep.equal([
      {
        sku: 'SKU-1',
        location: 'main',
        sequence: 3,
        commandId: command.commandId,
        commandDigest: bodyDigest(command),
        time: startTime,
        onHandBefore: 5,
        reservedBefore: 2,
        onHandAfter: 5,
        reservedAfter: 2,
        kind: 'CommandRejected',
        command: 'ReserveStock',
        reason: 'INSUFFICIENT_STOCK',
        orderId: 'o-2',
        requested: 4,
        shortage: 1,
      },
    ]);
  });

  it('counts the events of each stock item from 1, refusals included', () => {
    given()
      .when(reserve('o-1', 1))
      .thenRefused('UNKNOWN_STOCK_ITEM')
      .then({ kind: 'CommandRejected', sequence: 1 })
      .when(receive(5))
      .then({ kind: 'StockReceived', sequence: 2 })
      .when(receive(5, elsewhere))
      .then({ kind: 'StockReceived', sequence: 1 })
      .when(receive(5, { commandId: 'no id' }))
      .then({ kind: 'CommandRejected', sequence: 3 })
      .when(confirm('no order'))
      .then({ kind: 'CommandRejected', sequence: 4, orderId: 'no order' });
  });

  it('keeps a refusal out of every stock item when it names none', () => {
    const long = 'x'.repeat(65);
    const { state } = given(receive(5))
      .when(receive(1, { sku: long, commandId: 'sku' }))
      .thenRefused('SKU_INVALID', { requested: 1 })
      .then({ kind: 'CommandRejected', sku: 'x'.repeat(64), sequence: 0, onHandBefore: 0 })
      .when(receive(2, { sku: long, commandId: 'sku' }))
      .thenRefused('COMMAND_ID_REUSED')
      .then({ kind: 'CommandRejected', sequence: 0, onHandAfter: 0 })
      .when(receive(1, { location: ' ', commandId: long }))
      .thenRefused('COMMAND_ID_INVALID')
      .then({ kind: 'CommandRejected', commandId: 'x'.repeat(64), sequence: 0 });
    expect([...state.items.keys()]).to.deep.equal(['SKU-1']);
  });

  it('expires the reservation that a command names, even when it refuses the command', () => {
    const late = given(receive(5), reserve('o-1', 2), reserve('o-2', 1), pass(30 * minuteMs));
    const expiry = { kind: 'ReservationExpired', orderId: 'o-1', quantity: 2 } as const;
    const seen = { ...expiry, commandId: null, commandDigest: null, sequence: 4, reservedAfter: 1 };
    late
      .when(extend('o-1', startTime + 60 * minuteMs))
      .then(
        { ...seen, expiresAt: startTime + 30 * minuteMs },
        { kind: 'CommandRejected', reason: 'ALREADY_EXPIRED', sequence: 5, reservedBefore: 1 },
      );
  });

  it('tells how many commands go on waiting', () => {
    const head = { sku: 'SKU-1', location: 'main' };
    const parked = { parked: 3, sku: 'SKU-1' };
    given(parked)
      .when({ ...head, kind: 'RetryParked', commandId: 'retry' })
      .then({ kind: 'ParkedRetried', waiting: 3 })
      .when({ ...head, kind: 'SkipParked', commandId: 'skip' })
      .then({ kind: 'ParkedSkipped', waiting: 2, onHandAfter: 0 });
  });

  it('skips a parked command by refusing it', () => {
    const command = reserve('o-1', 2);
    const { state, now } = given(receive(5));
    const { level } = state.items.get('SKU-1')!;
    expect(refuseSkipped(command, state, now)).to.include({
      kind: 'CommandRejected',
      reason: 'SKIPPED_BY_OPERATOR',
      commandId: command.commandId,
      commandDigest: bodyDigest(command),
      sequence: level.sequence + 1,
      onHandAfter: level.onHand,
      requested: 2,
    });
  });

  it('skips a parked repeat without a second outcome, and a re-used id as such', () => {
    const first = receive(5, { commandId: 'c' });
    const { state, now } = given(first);
    expect(refuseSkipped(first, state, now)).to.equal(undefined);
    const other = refuseSkipped(receive(6, { commandId: 'c' }), state, now);
    expect(other).to.include({ kind: 'CommandRejected', reason: 'COMMAND_ID_REUSED' });
  });
});

describe('decide, asked again', () => {
  const first = receive(5, { commandId: 'c' });
  const otherBody = receive(6, { commandId: 'c' });

  it('lets the first answer stand, a refusal as well', () => {
    const hasty = reserve('o-1', 6);
    given(first)
      .when(hasty)
      .thenRefused('INSUFFICIENT_STOCK')
      .when(receive(5), hasty)
      .thenNothing()
      .when({ ...hasty, quantity: 7 })
      .thenRefused('COMMAND_ID_REUSED')
      .when(hasty)
      .thenNothing();
  });

  it('holds a re-used id against any command, and moves nothing', () => {
    given(first, reserve('o-1', 2), pass(30 * minuteMs))
      .when(release('o-1', { commandId: 'c' }))
      .then({ kind: 'CommandRejected', reason: 'COMMAND_ID_REUSED', reservedAfter: 2 })
      .when({ ...first, ...elsewhere })
      .then({ kind: 'CommandRejected', location: 'north', sequence: 1, requested: 5 });
  });

  it('remembers an id for so much log time and no longer', () => {
    given(first, pass(policy.commandMemoryMs - 1))
      .when(first)
      .thenNothing()
      .when(otherBody)
      .thenRefused('COMMAND_ID_REUSED')
      .when(pass(1), otherBody)
      .then({ kind: 'StockReceived', onHandAfter: 11 })
      .when(first)
      .thenRefused('COMMAND_ID_REUSED')
      .when(pass(policy.commandMemoryMs), first)
      .then({ kind: 'StockReceived', onHandAfter: 16 });
  });

  it('never remembers an id that is none', () => {
    const nameless = receive(5, { commandId: '' });
    given().when(nameless, nameless).thenRefused('COMMAND_ID_INVALID');
  });
});

describe('decide, short of units', () => {
  const inMinutes = (minutes: number) => ({ ttlSeconds: minutes * 60 });
  const past = [
    receive(10),
    reserve('o-b', 2, inMinutes(20)),
    reserve('o-a', 2, inMinutes(20)),
    reserve('o-z', 2, inMinutes(10)),
    reserve('o-c', 2, inMinutes(40)),
    pass(20 * minuteMs),
  ];
  const expired = (orderId: string) => ({ kind: 'ReservationExpired', orderId }) as const;

  it('expires due reservations by deadline, then order id, until it fits', () => {
    given(...past)
      .when(reserve('o-1', 2))
      .then({ kind: 'StockReserved', reservedAfter: 10 });
    given(...past)
      .when(reserve('o-1', 5))
      .then(expired('o-z'), expired('o-a'), { kind: 'StockReserved', reservedAfter: 9 });
  });

  it('takes all that is due before it refuses, and tells what is still missing', () => {
    const allDue = [expired('o-z'), expired('o-a'), expired('o-b')];
    const refusal = { kind: 'CommandRejected', reservedAfter: 2, shortage: 1 } as const;
    given(...past)
      .when(reserve('o-1', 9))
      .then(...allDue, { ...refusal, reason: 'INSUFFICIENT_STOCK' });
    given(...past)
      .when(count(1))
      .then(...allDue, { ...refusal, reason: 'WOULD_BREAK_RESERVATIONS' });
  });

  it('takes its own expired units no second time', () => {
    given(...past)
      .when(confirm('o-z'))
      .then(expired('o-z'), { kind: 'ReservationConfirmed', late: true, reservedAfter: 6 })
      .when(reserve('o-1', 9))
      .then(expired('o-a'), expired('o-b'), { kind: 'CommandRejected', shortage: 3 });
  });

  it('grants less where that was asked for', () => {
    given(...past)
      .when(reserve('o-1', 9, { minimum: 8 }))
      .then(expired('o-z'), expired('o-a'), expired('o-b'), { kind: 'StockReserved', granted: 8 });
  });
});

describe('decide on a tick', () => {
  const soon = { ttlSeconds: 60 };

  it('expires what is due, oldest deadline first, at most so many', () => {
    const held = given(
      receive(9),
      receive(9, elsewhere),
      reserve('o-1', 1, { ttlSeconds: 61 }),
      reserve('o-2', 2, soon),
      reserve('o-3', 3, { ...soon, ...elsewhere }),
      reserve('o-4', 1),
      pass(2 * minuteMs),
    );
    held
      .when(tick(2))
      .then(
        { kind: 'ReservationExpired', orderId: 'o-2', sequence: 5, reservedAfter: 2 },
        { kind: 'ReservationExpired', orderId: 'o-3', sequence: 3, reservedAfter: 0 },
      )
      .when(tick(2))
      .then({ kind: 'ReservationExpired', orderId: 'o-1', commandId: null, reservedAfter: 1 })
      .when(tick(2))
      .thenNothing();
  });

  it('counts on within a stock item', () => {
    given(receive(9), reserve('o-1', 1, soon), reserve('o-2', 2, soon), pass(minuteMs))
      .when(tick(9))
      .then(
        { kind: 'ReservationExpired', orderId: 'o-1', sequence: 4, reservedAfter: 2 },
        { kind: 'ReservationExpired', orderId: 'o-2', sequence: 5, reservedAfter: 0 },
      );
  });

  it('does nothing before a deadline, and nothing for what is settled or returned', () => {
    given(receive(9), reserve('o-1', 2, soon), reserve('o-2', 1, soon), confirm('o-2'))
      .when(takeBack('o-2', 1), pass(minuteMs - 1), tick(9))
      .thenNothing();
  });

  it(`expires ${EXPIRE_LIMIT_MAX} reservations at most`, () => {
    const orders = Array.from({ length: EXPIRE_LIMIT_MAX + 1 }, (_, index) => `o-${index}`);
    const commands = [receive(orders.length), ...orders.map((orderId) => reserve(orderId, 1))];
    const state = emptyState(policy);
    foldBatch(
      state,
      commands.map((command) => ({ command, time: startTime })),
    );
    state.due = listReservations(state);
    const events = decide(tick(2 * EXPIRE_LIMIT_MAX), state, startTime + 30 * minuteMs);
    expect(events).to.have.length(EXPIRE_LIMIT_MAX);
  });
});
