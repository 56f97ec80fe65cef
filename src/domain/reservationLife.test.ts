import { commandsFor } from '../testing/commandsFor.ts';
import { dayMs, given, minuteMs, pass, policy, startTime } from '../testing/spec.ts';

const { receive, reserve, confirm, release, extend, takeBack, adjust, count } =
  commandsFor('SKU-1');
const tick = { kind: 'ExpireDue', limit: 100 } as const;
const stocked = receive(10);
const timeOut = pass(policy.reservationTtlMs);
const whole = { onHandAfter: 10, reservedAfter: 0 };

describe('a reservation', () => {
  it('is held, paid and gone', () => {
    given(stocked)
      .when(reserve('o-1', 3))
      .then({ kind: 'StockReserved', granted: 3, onHandAfter: 10, reservedAfter: 3 })
      .when(confirm('o-1'))
      .then({
        kind: 'ReservationConfirmed',
        quantity: 3,
        pending: 0,
        late: false,
        onHandAfter: 7,
        reservedAfter: 0,
      })
      .when(confirm('o-1'))
      .thenRefused('ALREADY_CONFIRMED')
      .when(release('o-1'))
      .thenRefused('ALREADY_CONFIRMED');
  });

  it('is given back when the order is cancelled', () => {
    given(stocked, reserve('o-1', 3))
      .when(release('o-1', { reason: 'changed my mind' }))
      .then({
        ...whole,
        kind: 'ReservationReleased',
        quantity: 3,
        pending: 0,
        reason: 'changed my mind',
        tombstone: false,
      })
      .when(confirm('o-1'))
      .thenRefused('ALREADY_RELEASED')
      .when(reserve('o-1', 3))
      .thenRefused('ALREADY_RESERVED');
  });

  it('times out at its deadline, with a tick', () => {
    given(stocked, reserve('o-1', 3), pass(policy.reservationTtlMs - 1))
      .when(tick)
      .thenNothing()
      .when(pass(1), tick)
      .then({ ...whole, kind: 'ReservationExpired', quantity: 3, commandId: null })
      .when(release('o-1'))
      .thenRefused('ALREADY_EXPIRED');
  });

  it('times out at its deadline, without a tick', () => {
    const almost = pass(policy.reservationTtlMs - 1);
    given(stocked, reserve('o-1', 8), almost)
      .when(reserve('o-2', 3))
      .thenRefused('INSUFFICIENT_STOCK');
    given(stocked, reserve('o-1', 8), timeOut)
      .when(reserve('o-2', 3))
      .then({ kind: 'ReservationExpired', orderId: 'o-1' }, { kind: 'StockReserved', granted: 3 });
  });

  it('is confirmed in its last moment, whatever else is short', () => {
    given(stocked, reserve('o-1', 8), reserve('o-2', 2), pass(policy.reservationTtlMs - 1))
      .when(confirm('o-1'))
      .then({ kind: 'ReservationConfirmed', late: false, onHandAfter: 2, reservedAfter: 2 });
  });

  it('is taken again when the payment comes late and the units are there', () => {
    given(stocked, reserve('o-1', 3), timeOut)
      .when(confirm('o-1'))
      .then(
        { kind: 'ReservationExpired', quantity: 3 },
        {
          kind: 'ReservationConfirmed',
          quantity: 3,
          pending: 0,
          late: true,
          onHandAfter: 7,
          reservedAfter: 0,
        },
      )
      .when(takeBack('o-1', 3))
      .then({ ...whole, kind: 'StockReturned' });
  });

  it('has to be repaid when the payment comes late and a rival has the units', () => {
    given(stocked, reserve('o-1', 3), timeOut, reserve('rival', 8))
      .when(confirm('o-1'))
      .thenRefused('REFUND_REQUIRED', { requested: null, shortage: 1 })
      .when(confirm('o-1', { quantity: 2 }))
      .then({ kind: 'ReservationConfirmed', quantity: 2, late: true, onHandAfter: 8 })
      .when(release('rival'), confirm('o-1'))
      .then({ kind: 'ReservationConfirmed', quantity: 1, late: true, onHandAfter: 7 })
      .when(confirm('o-1'))
      .thenRefused('ALREADY_CONFIRMED');
  });

  it('is refused when its order was cancelled first', () => {
    given(stocked)
      .when(release('o-1', { quantity: 3 }))
      .then({ ...whole, kind: 'ReservationReleased', quantity: 0, pending: 0, tombstone: true })
      .when(reserve('o-1', 3))
      .thenRefused('ORDER_CANCELLED')
      .when(release('o-1'))
      .thenRefused('ALREADY_RELEASED')
      .when(confirm('o-1'))
      .thenRefused('ALREADY_RELEASED')
      .when(extend('o-1', startTime + dayMs))
      .thenRefused('ALREADY_RELEASED')
      .when(takeBack('o-1', 1))
      .thenRefused('RESERVATION_NOT_FOUND');
  });

  it('is cancelled first even where nothing was ever stocked', () => {
    given(release('o-1')).when(receive(10), reserve('o-1', 1)).thenRefused('ORDER_CANCELLED');
    given(release('o-1')).when(reserve('o-2', 1)).thenRefused('UNKNOWN_STOCK_ITEM');
  });

  it('is settled in parts', () => {
    given(stocked, reserve('o-1', 6))
      .when(confirm('o-1', { quantity: 1 }))
      .then({ kind: 'ReservationConfirmed', pending: 5, onHandAfter: 9, reservedAfter: 5 })
      .when(release('o-1', { quantity: 2 }))
      .then({ kind: 'ReservationReleased', pending: 3, onHandAfter: 9, reservedAfter: 3 })
      .when(confirm('o-1', { quantity: 4 }))
      .thenRefused('QUANTITY_EXCEEDS_PENDING')
      .when(timeOut, confirm('o-1', { quantity: 1 }))
      .then(
        { kind: 'ReservationExpired', quantity: 3, reservedAfter: 0 },
        { kind: 'ReservationConfirmed', quantity: 1, pending: 0, late: true, onHandAfter: 8 },
      )
      .when(confirm('o-1', { quantity: 3 }))
      .thenRefused('QUANTITY_EXCEEDS_PENDING')
      .when(confirm('o-1'))
      .then({ kind: 'ReservationConfirmed', quantity: 2, late: true, onHandAfter: 6 });
  });

  it('comes back up to what was confirmed', () => {
    given(stocked, reserve('o-1', 5), confirm('o-1', { quantity: 3 }))
      .when(takeBack('o-1', 2))
      .then({ kind: 'StockReturned', quantity: 2, returned: 2, onHandAfter: 9, reservedAfter: 2 })
      .when(takeBack('o-1', 2))
      .thenRefused('QUANTITY_EXCEEDS_CONFIRMED')
      .when(takeBack('o-1', 1))
      .then({ kind: 'StockReturned', quantity: 1, returned: 3, onHandAfter: 10 })
      .when(confirm('o-1'), takeBack('o-1', 2))
      .then({ ...whole, kind: 'StockReturned', returned: 5 });
  });

  it('lives as long as it asks for, or as long as all do', () => {
    const deadline = { kind: 'StockReserved' } as const;
    given(stocked)
      .when(reserve('o-1', 1))
      .then({ ...deadline, expiresAt: startTime + policy.reservationTtlMs })
      .when(reserve('o-2', 1, { ttlSeconds: 1 }))
      .then({ ...deadline, expiresAt: startTime + 1000 })
      .when(reserve('o-3', 1, { expiresAt: startTime + 1 }))
      .then({ ...deadline, expiresAt: startTime + 1 })
      .when(reserve('o-4', 1, { expiresAt: startTime + policy.reservationTtlMsMax }))
      .then({ ...deadline, expiresAt: startTime + policy.reservationTtlMsMax });
  });

  it('cannot live for other times than that', () => {
    const max = policy.reservationTtlMsMax;
    for (const life of [
      { expiresAt: startTime },
      { expiresAt: startTime + max + 1 },
      { expiresAt: startTime + 0.5 },
      { expiresAt: NaN },
      { ttlSeconds: 0 },
      { ttlSeconds: -1 },
      { ttlSeconds: max / 1000 + 1 },
      { ttlSeconds: 60, expiresAt: startTime + minuteMs },
    ]) {
      given(stocked)
        .when(reserve('o-1', 1, life))
        .thenRefused('EXPIRY_INVALID');
    }
  });

  it('is extended to a later time, within its longest life from the start', () => {
    const deadline = startTime + policy.reservationTtlMs;
    const latest = startTime + policy.reservationTtlMsMax;
    given(stocked, reserve('o-1', 8), pass(minuteMs))
      .when(extend('o-1', deadline))
      .thenRefused('EXPIRY_INVALID')
      .when(extend('o-1', latest + 1))
      .thenRefused('EXPIRY_INVALID')
      .when(extend('o-1', NaN))
      .thenRefused('EXPIRY_INVALID')
      .when(extend('o-1', deadline + 1))
      .then({
        kind: 'ReservationExtended',
        previousExpiresAt: deadline,
        expiresAt: deadline + 1,
        onHandAfter: 10,
        reservedAfter: 8,
      })
      .when(extend('o-1', latest))
      .then({ kind: 'ReservationExtended', previousExpiresAt: deadline + 1, expiresAt: latest })
      .when(timeOut, reserve('o-2', 3))
      .thenRefused('INSUFFICIENT_STOCK', { shortage: 1 })
      .when(pass(policy.reservationTtlMsMax), extend('o-1', latest + dayMs))
      .thenRefused('ALREADY_EXPIRED');
  });

  it('holds up to n units, but a minimum', () => {
    given(stocked, reserve('o-1', 8))
      .when(reserve('o-2', 5, { minimum: 3 }))
      .thenRefused('INSUFFICIENT_STOCK', { requested: 5, shortage: 1 })
      .when(reserve('o-2', 5, { minimum: 2 }))
      .then({ kind: 'StockReserved', requested: 5, granted: 2, reservedAfter: 10 })
      .when(reserve('o-3', 1, { minimum: 1 }))
      .thenRefused('INSUFFICIENT_STOCK', { shortage: 1 });
    given(stocked)
      .when(reserve('o-1', 5, { minimum: 6 }))
      .thenRefused('QUANTITY_INVALID')
      .when(reserve('o-1', 5, { minimum: 5 }))
      .then({ kind: 'StockReserved', requested: 5, granted: 5 });
  });
});

describe('a stock-take', () => {
  it('sets on hand, down to what is reserved', () => {
    given(stocked, reserve('o-1', 4))
      .when(count(3))
      .thenRefused('WOULD_BREAK_RESERVATIONS', { requested: 3, shortage: 1 })
      .when(count(4, { reason: 'inventory' }))
      .then({
        kind: 'StockCounted',
        counted: 4,
        delta: -6,
        reason: 'inventory',
        onHandAfter: 4,
        reservedAfter: 4,
      })
      .when(count(9, { expected: 4 }))
      .then({ kind: 'StockCounted', delta: 5, onHandAfter: 9, reservedAfter: 4 })
      .when(count(0, { expected: 4 }))
      .thenRefused('EXPECTATION_FAILED')
      .when(timeOut, count(0))
      .then({ kind: 'ReservationExpired' }, { kind: 'StockCounted', delta: -9, onHandAfter: 0 })
      .when(count(0, { expected: 0 }))
      .then({ kind: 'StockCounted', delta: 0 });
  });

  it('corrects by difference, down to what is reserved', () => {
    given(stocked, reserve('o-1', 4))
      .when(adjust(-7))
      .thenRefused('WOULD_BREAK_RESERVATIONS', { requested: -7, shortage: 1 })
      .when(adjust(-6, { reason: 'broken' }))
      .then({ kind: 'StockAdjusted', delta: -6, reason: 'broken', onHandAfter: 4 })
      .when(adjust(2))
      .then({ kind: 'StockAdjusted', delta: 2, onHandAfter: 6, reservedAfter: 4 });
    given().when(adjust(-1)).thenRefused('WOULD_BREAK_RESERVATIONS', { shortage: 1 });
  });

  it('makes a stock item known, as receiving does', () => {
    for (const stock of [receive(1), adjust(1), count(1)]) {
      given(stock).when(reserve('o-1', 1)).then({ kind: 'StockReserved' });
    }
    given(count(0)).when(reserve('o-1', 1)).thenRefused('INSUFFICIENT_STOCK', { shortage: 1 });
  });
});
