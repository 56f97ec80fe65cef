import type { StockState } from '../domain/stockState.ts';

/**
 * What a tick is given to look through: every reservation of the state by deadline, then SKU,
 * location and order. Most are settled or not due: a tick has to leave those alone.
 */
export function listReservations(state: StockState): StockState['due'] {
  const listed = [...state.items.values()].flatMap(({ sku, location, reservations }) =>
    [...reservations.values()].map(({ orderId, expiresAt }) => {
      return { expiresAt, sku, location, orderId };
    }),
  );
  return listed.sort((a, b) => {
    if (a.expiresAt !== b.expiresAt) return a.expiresAt - b.expiresAt;
    const [left, right] = [a, b].map((r) => [r.sku, r.location, r.orderId].join('\n'));
    return left! < right! ? -1 : 1;
  });
}
