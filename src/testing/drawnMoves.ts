import fc from 'fast-check';
import { QUANTITY_MAX } from '../domain/limits.ts';
import type { StockMove } from './naiveStock.ts';

type WithoutId<Move> = Move extends StockMove ? Omit<Move, 'commandId'> : never;

/** A move as it is drawn: still without an id, and `expiresAt` counts in ms from its log time. */
export type DrawnMove = WithoutId<StockMove>;

const seldom = <Value>(usual: fc.Arbitrary<Value>, odd: Value) =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(odd) });
const sku = seldom<string>(fc.constantFrom('A', 'A', 'B'), '');
const location = seldom<string>(fc.constantFrom('main', 'main', 'north'), '');
const orderId = seldom<string>(fc.constantFrom('o-1', 'o-2', 'o-3', 'o-4', 'o-5'), 'o 1');
const units = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, QUANTITY_MAX, QUANTITY_MAX + 1) },
);
const unitsOrAll = fc.option(units, { freq: 2 });
const moment = fc.constantFrom(1, 999, 20_000, 45_000, 60_000, 60_001, 0);
const item = { sku, location };
const reason = seldom<string>(fc.constantFrom('broken', 'found'), ' ');

/** Moves of few orders on few stock items; some of them make no sense. */
export const drawnMoves: fc.Arbitrary<DrawnMove> = fc.oneof(
  { weight: 4, arbitrary: record('ReceiveStock', { ...item, quantity: units }) },
  {
    weight: 8,
    arbitrary: record('ReserveStock', {
      ...item,
      orderId,
      quantity: units,
      minimum: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 1 }),
      expiresAt: fc.option(moment, { freq: 1 }),
      ttlSeconds: fc.option(fc.constantFrom(1, 30, 60), { freq: 1 }),
    }),
  },
  {
    weight: 6,
    arbitrary: record('ConfirmReservation', { ...item, orderId, quantity: unitsOrAll }),
  },
  {
    weight: 4,
    arbitrary: record('ReleaseReservation', {
      ...item,
      orderId,
      quantity: unitsOrAll,
      reason: seldom<string>(fc.constantFrom('', 'cancelled'), '\n'),
    }),
  },
  { weight: 2, arbitrary: record('ExtendReservation', { ...item, orderId, expiresAt: moment }) },
  { weight: 2, arbitrary: record('ReturnStock', { ...item, orderId, quantity: units }) },
  {
    weight: 2,
    arbitrary: record('AdjustStock', {
      ...item,
      delta: fc.oneof(units, fc.integer({ min: -6, max: -1 })),
      reason,
    }),
  },
  {
    weight: 1,
    arbitrary: record('CountStock', {
      ...item,
      counted: seldom<number>(fc.integer({ min: -1, max: 12 }), 1e12),
      expected: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 1 }),
      reason,
    }),
  },
);

function record<Kind extends DrawnMove['kind']>(
  kind: Kind,
  fields: { [Name in keyof Omit<DrawnMove & { kind: Kind }, 'kind'>]: fc.Arbitrary<unknown> },
): fc.Arbitrary<DrawnMove> {
  return fc.record({ kind: fc.constant(kind), ...fields }) as fc.Arbitrary<DrawnMove>;
}
