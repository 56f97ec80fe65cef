import type { ReservationTotals } from '../reservationTotals.ts';
import type { AskedLine } from './orderEvents.ts';
import type { StockAnswered, StockAsked } from './orderFacts.ts';
import type { OrderLine } from './orderState.ts';

export function openedLine({ sku, location, quantity: requested }: AskedLine): OrderLine {
  return {
    sku,
    location,
    requested,
    granted: 0,
    confirmed: 0,
    released: 0,
    waiting: null,
    reason: null,
    shortage: null,
  };
}

/** The line after it was asked about or answered. What a reply means depends on what it answers. */
export function evolveLine(line: OrderLine, fact: StockAsked | StockAnswered): OrderLine {
  if (fact.kind === 'StockAsked') return { ...line, waiting: fact.command.kind };
  const { quantity, reason, shortage } = fact;
  const answered = { ...line, waiting: null, reason, shortage };
  switch (line.waiting) {
    case 'ReserveStock':
      return { ...answered, granted: quantity };
    case 'ConfirmReservation':
      return { ...answered, confirmed: quantity };
    case 'ReleaseReservation':
      return { ...answered, released: quantity };
    case 'ReturnStock':
    case null:
      return line;
  }
}

/** The line as the stock engine says that its reservation is, whoever moved the units. */
export function informedLine(line: OrderLine, totals: ReservationTotals): OrderLine {
  const { confirmed, released, expired, returned, sequence } = totals;
  return { ...line, confirmed, released, expired, returned, sequence };
}

/**
 * Whether totals say something new of the line: they are of its own reservation, and no older ones
 * than it has. What others hold under the order's id is none of the order's.
 */
export function isNews({ granted, sequence = 0 }: OrderLine, totals: ReservationTotals): boolean {
  return granted > 0 && totals.granted === granted && totals.sequence > sequence;
}

/** Units that are with the customer. */
export function soldUnits({ confirmed, returned = 0 }: OrderLine): number {
  return confirmed - returned;
}

/** Whether units are held that no command has been sent about: to be confirmed or released. */
export function isHeld({ granted, waiting }: OrderLine): boolean {
  return granted > 0 && waiting === null;
}
