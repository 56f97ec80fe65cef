import type {
  AdjustStock,
  ConfirmReservation,
  CountStock,
  ExtendReservation,
  ReceiveStock,
  ReleaseReservation,
  ReserveStock,
  RetryParked,
  ReturnStock,
  SkipParked,
} from '../domain/commands.ts';

let commands = 0;

/** Commands about one SKU, each with an id of its own, and what else is given in `more`. */
export function commandsFor(sku: string) {
  const head = () => ({ commandId: `c-${++commands}`, sku, location: 'main' });
  return {
    receive: (quantity: number, more: Partial<ReceiveStock> = {}): ReceiveStock => {
      return { ...head(), kind: 'ReceiveStock', quantity, ...more };
    },
    /** All or nothing, for the default life. */
    reserve: (
      orderId: string,
      quantity: number,
      more: Partial<ReserveStock> = {},
    ): ReserveStock => {
      const open = { minimum: null, expiresAt: null, ttlSeconds: null };
      return { ...head(), kind: 'ReserveStock', orderId, quantity, ...open, ...more };
    },
    /** All that is pending, unless a quantity is given. */
    confirm: (orderId: string, more: Partial<ConfirmReservation> = {}): ConfirmReservation => {
      return { ...head(), kind: 'ConfirmReservation', orderId, quantity: null, ...more };
    },
    /** All that is pending, unless a quantity is given. */
    release: (orderId: string, more: Partial<ReleaseReservation> = {}): ReleaseReservation => {
      const body = { orderId, quantity: null, reason: 'cancelled' };
      return { ...head(), kind: 'ReleaseReservation', ...body, ...more };
    },
    extend: (
      orderId: string,
      expiresAt: number,
      more: Partial<ExtendReservation> = {},
    ): ExtendReservation => {
      return { ...head(), kind: 'ExtendReservation', orderId, expiresAt, ...more };
    },
    takeBack: (orderId: string, quantity: number, more: Partial<ReturnStock> = {}): ReturnStock => {
      return { ...head(), kind: 'ReturnStock', orderId, quantity, ...more };
    },
    adjust: (delta: number, more: Partial<AdjustStock> = {}): AdjustStock => {
      return { ...head(), kind: 'AdjustStock', delta, reason: 'broken', ...more };
    },
    retryParked: (): RetryParked => ({ ...head(), kind: 'RetryParked' }),
    skipParked: (): SkipParked => ({ ...head(), kind: 'SkipParked' }),
    count: (counted: number, more: Partial<CountStock> = {}): CountStock => {
      const body = { counted, expected: null, reason: 'stock-take' };
      return { ...head(), kind: 'CountStock', ...body, ...more };
    },
  };
}
