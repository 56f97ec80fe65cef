import { expect } from 'chai';
import type { Reservation } from '../domain/reservation.ts';
import { InvariantError } from '../ops/errors.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { storedStock } from '../testing/storedStock.ts';
import { inTransaction } from './database.ts';
import type { Querying } from './together.ts';
import {
  type ChangedLevel,
  type ChangedReservation,
  saveLevels,
  saveReservations,
} from './saveStock.ts';

const lane = 3;
const opened: ChangedLevel = {
  sku: 'tea',
  location: 'main',
  onHand: 5,
  reserved: 2,
  sequence: 2,
  known: true,
  previousSequence: 0,
};
const item = { sku: 'tea', location: 'main' };
const reserved: Reservation = {
  orderId: 'o-1',
  granted: 2,
  pending: 2,
  confirmed: 0,
  released: 0,
  expired: 0,
  returned: 0,
  startedAt: 1000,
  expiresAt: 2000,
  tombstone: false,
};

const fresh: ChangedReservation = { item, reservation: reserved, isNew: true };

describe('saving stock', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await save((connection) => saveLevels(connection, [{ lane, rows: [opened] }]));
    await save((connection) => saveReservations(connection, [{ lane, rows: [fresh] }]));
  });
  after(() => database?.close());

  const save = (work: (connection: Querying) => Promise<void>) =>
    inTransaction(database.pool, work);
  const refusal = async (work: (connection: Querying) => Promise<void>) => {
    const before = await storedStock(database.pool);
    const error = await save(work).then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { code?: string },
    );
    expect(await storedStock(database.pool)).to.deep.equal(before);
    return error;
  };

  it('moves a level from the sequence that it had', async () => {
    const moved = { ...opened, onHand: 4, reserved: 1, sequence: 4, previousSequence: 2 };
    await save((connection) => saveLevels(connection, [{ lane, rows: [moved] }]));
    expect((await storedStock(database.pool)).levels[0]).to.include({ onHand: 4, sequence: 4 });
  });

  for (const [what, level] of [
    ['has moved on', { ...opened, sequence: 4, previousSequence: 3 }],
    ['is not there', { ...opened, sku: 'gone', sequence: 4, previousSequence: 3 }],
    ['is in another case', { ...opened, sku: 'TEA', sequence: 5, previousSequence: 4 }],
  ] as const) {
    it(`writes none of the levels when one ${what}`, async () => {
      const other = { ...opened, sku: 'other' };
      const error = await refusal((connection) =>
        saveLevels(connection, [{ lane, rows: [other, level] }]),
      );
      expect(error).to.be.instanceOf(InvariantError);
    });
  }

  it('writes none when a new one is there already', async () => {
    const error = await refusal((connection) => saveLevels(connection, [{ lane, rows: [opened] }]));
    expect(error).to.include({ code: 'ER_DUP_ENTRY' });
  });

  for (const quantities of [
    { onHand: 1, reserved: 2 },
    { onHand: 1, reserved: -1 },
    { onHand: -1, reserved: -1 },
  ]) {
    it(`refuses a level of ${JSON.stringify(quantities)}, in the code and in MySQL`, async () => {
      const oversold = { ...opened, sku: 'oversold', ...quantities };
      const error = await refusal((connection) =>
        saveLevels(connection, [{ lane, rows: [oversold] }]),
      );
      expect(error).to.be.instanceOf(InvariantError);
      const byHand = await refusal(async (connection) => {
        const { onHand, reserved: held } = quantities;
        await connection.query(
          `UPDATE stock_levels SET on_hand = ?, reserved = ? WHERE lane = ? AND sku = 'tea'`,
          [onHand, held, lane],
        );
      });
      expect(byHand).to.include({ code: 'ER_CHECK_CONSTRAINT_VIOLATED' });
    });
  }

  it('settles a reservation', async () => {
    const reservation = { ...reserved, pending: 0, confirmed: 1, released: 1 };
    const settled = { item, reservation, isNew: false };
    await save((connection) => saveReservations(connection, [{ lane, rows: [settled] }]));
    const { reservations } = await storedStock(database.pool);
    expect(reservations[0]).to.include({ pending: 0, confirmed: 1, released: 1 });
  });

  it('writes many as it writes one, whatever they have in common', async () => {
    for (const [kind, vary] of [
      ['alike', () => ({})],
      [
        'of all kinds',
        (n: number) => ({ granted: n + 4, pending: n + 1, released: 3, startedAt: n }),
      ],
    ] as const) {
      const opening = Array.from({ length: 120 }, (_, n) => {
        const orderId = `${kind} ${n} 'ü'`;
        return { item, reservation: { ...reserved, orderId, ...vary(n) }, isNew: true };
      });
      const settling = opening.map(({ reservation }) => {
        const { pending, released } = reservation;
        const settled = { ...reservation, pending: 0, released: released + pending };
        return { item, reservation: settled, isNew: false };
      });
      for (const rows of [opening, settling]) {
        await save((connection) => saveReservations(connection, [{ lane: 5, rows }]));
        const { reservations } = await storedStock(database.pool);
        const stored = reservations.filter(({ orderId }) => orderId.startsWith(kind));
        const expected = rows.map(({ reservation }) => ({ ...reservation, ...item, lane: 5 }));
        expect(stored).to.have.deep.members(expected);
      }
    }
  });

  it('stops at a reservation that should be new and is there, or the other way round', async () => {
    const again = { ...fresh, reservation: { ...reserved, pending: 0, expired: 2 } };
    const other = { item, reservation: { ...reserved, orderId: 'o-2' }, isNew: false };
    for (const wrong of [again, other]) {
      const error = await refusal((connection) =>
        saveReservations(connection, [{ lane, rows: [wrong] }]),
      );
      expect(error, wrong.reservation.orderId).to.be.instanceOf(InvariantError);
    }
  });

  for (const [what, change] of [
    ['units that do not add up', 'released = released + 1'],
    ['more returned than confirmed', 'returned = confirmed + 1'],
    ['a negative quantity', 'released = -1, confirmed = granted + 1'],
  ] as const) {
    it(`refuses ${what} in MySQL`, async () => {
      const error = await refusal(async (connection) => {
        await connection.query(`UPDATE reservations SET ${change} WHERE lane = ?`, [lane]);
      });
      expect(error).to.include({ code: 'ER_CHECK_CONSTRAINT_VIOLATED' });
    });
  }
});
