import type { OrderReservation } from '../api/orderReservations.ts';
import { textTable } from '../ops/textTable.ts';
import { timeText } from '../ops/timeText.ts';

const units = ['granted', 'pending', 'confirmed', 'released', 'expired', 'returned'] as const;

/** Reservations of one order for people; `now`, in ms since 1970, says which are overdue. */
export function reservationsTable(reservations: readonly OrderReservation[], now: number): string {
  const rows = reservations.map((one) => {
    return [one.sku, one.location, ...units.map((unit) => one[unit]), deadlineText(one, now)];
  });
  return textTable(['SKU', 'location', ...units, 'deadline'], rows);
}

function deadlineText({ tombstone, pending, expiresAt }: OrderReservation, now: number): string {
  if (tombstone) return 'released before it was reserved';
  return timeText(expiresAt) + (pending > 0 && expiresAt <= now ? ', passed' : '');
}
