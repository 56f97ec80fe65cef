import fc from 'fast-check';
import { QUANTITY_MAX } from '../domain/limits.ts';
import type { StockMove } from './naiveStock.ts';

type WithoutId<Move> = Move extends StockMove ? Omit<Move, 'commandId'> : never;

/**
 * A move as it is drawn: still without an id. `expiresAt` counts in ms from its log time, a number
 * as `orderId` from the next order that is to come.
 */
export type DrawnMove = WithoutId<StockMove>;

const seldom = <Value>(usual: fc.Arbitrary<Value>, odd: Value) =>
  fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(odd) });
const mostly = <Value>(usual: Value, ...others: Value[]) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );
const orNone = <Value>(some: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: some });
const sku = seldom<string>(mostly('A', 'B'), '');
const location = seldom<string>(mostly('main', 'north'), '');
const newOrder = seldom<string>(mostly('0', '-1', '-2'), 'o 1');
const orderId = seldom<string>(
  fc.constantFrom('-1', '-1', '-1', '-2', '-2', '-3', '-4', '0'),
  'o 1',
);
const units = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, QUANTITY_MAX + 1) },
);
const fewUnits = fc.integer({ min: 0, max: 2 });
const unitsOrAll = fc.oneof(fc.constant(null), units);
const moment = fc.constantFrom(0, 1, 999, 20_000, 30_000, 45_000, 60_000, 60_001);
const item = { sku, location };
const reason = seldom<string>(fc.constantFrom('broken', 'found'), ' ');

/** Moves of few orders on few stock items; some of them make no sense. */
export const drawnMoves = fc.oneof(
  { weight: 6, arbitrary: record('ReceiveStock', { ...item, quantity: units }) },
  {
    weight: 12,
    arbitrary: record('ReserveStock', {
      ...item,
      orderId: newOrder,
      quantity: units,
      minimum: orNone(fc.integer({ min: 1, max: 2 })),
      expiresAt: orNone(moment),
      ttlSeconds: orNone(fc.constantFrom(1, 30, 60)),
    }),
  },
  {
    weight: 7,
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
  { weight: 3, arbitrary: record('ExtendReservation', { ...item, orderId, expiresAt: moment }) },
  { weight: 3, arbitrary: record('ReturnStock', { ...item, orderId, quantity: fewUnits }) },
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
      expected: orNone(fc.integer({ min: 0, max: 12 })),
      reason,
    }),
  },
) as fc.Arbitrary<DrawnMove>;

/** Typed loosely: the compiler would have to try every kind of move for every field. */
function record(kind: DrawnMove['kind'], fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ kind: fc.constant(kind), ...fields }) as fc.Arbitrary<unknown>;
}
