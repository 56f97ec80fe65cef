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

/** Whether units are held that no command has been sent about: to be confirmed or released. */
export function isHeld({ granted, waiting }: OrderLine): boolean {
  return granted > 0 && waiting === null;
}
