import type {
  AskedLine,
  OrderCancelled,
  OrderPaid,
  OrderPlaced,
  OrderReturned,
} from '../domain/order/orderEvents.ts';

let events = 0;

/** Units by SKU, all at the default location. */
export type Wanted = Readonly<Record<string, number>>;

export function linesOf(wanted: Wanted): AskedLine[] {
  return Object.entries(wanted).map(([sku, quantity]) => ({ sku, location: 'main', quantity }));
}

/** Events about one order, each with an id of its own, and what else is given in `more`. */
export function orderEventsFor(orderId: string) {
  const head = () => ({ eventId: `e-${++events}`, orderId });
  return {
    /** All or nothing, for the default time. */
    place: (wanted: Wanted, more: Partial<OrderPlaced> = {}): OrderPlaced => {
      const open = { mode: 'all', expiresAt: null, ttlSeconds: null } as const;
      return { ...head(), kind: 'OrderPlaced', lines: linesOf(wanted), ...open, ...more };
    },
    pay: (more: Partial<OrderPaid> = {}): OrderPaid => ({ ...head(), kind: 'OrderPaid', ...more }),
    cancel: (more: Partial<OrderCancelled> = {}): OrderCancelled => {
      return { ...head(), kind: 'OrderCancelled', reason: 'changed my mind', ...more };
    },
    takeBack: (wanted: Wanted, more: Partial<OrderReturned> = {}): OrderReturned => {
      return { ...head(), kind: 'OrderReturned', lines: linesOf(wanted), ...more };
    },
  };
}
