import { markdownTable } from './markdownTable.ts';

/** What the shop says by order events, a warehouse by stock commands of its own, or the clock. */
export type Hand =
  | 'OrderPaid'
  | 'OrderCancelled'
  | `OrderReturned ${number}`
  | `ConfirmReservation ${number}`
  | `ReleaseReservation ${number}`
  | `ReturnStock ${number}`
  | 'the deadline passes';

/** A story of an order of 5 units that are held: what happened, what comes then, the verdict. */
export interface TwoHands {
  given: Hand[];
  when: Hand;
  verdict: [kind: string, line: Record<string, number | string | null>];
}

const fine = { reason: null };

/** Both hands book on one reservation, and every verdict says what is true of it. */
export const twoHands: TwoHands[] = [
  story('ConfirmReservation 5')('OrderPaid', 'OrderStockConfirmed', {
    confirmed: 5,
    refund: 0,
    ...fine,
  }),
  story('ConfirmReservation 5', 'OrderPaid')('OrderReturned 5', 'OrderStockReturned', {
    returned: 5,
    ...fine,
  }),
  story('ConfirmReservation 2')('OrderPaid', 'OrderStockConfirmed', {
    confirmed: 5,
    refund: 0,
    ...fine,
  }),
  story('ConfirmReservation 2', 'OrderPaid')('OrderReturned 5', 'OrderStockReturned', {
    returned: 5,
    ...fine,
  }),
  story('ConfirmReservation 2')('OrderCancelled', 'OrderStockReleased', {
    released: 3,
    confirmed: 2,
    ...fine,
  }),
  story('ConfirmReservation 2', 'OrderCancelled')('OrderReturned 2', 'OrderStockReturned', {
    returned: 2,
    ...fine,
  }),
  story('ConfirmReservation 2', 'OrderCancelled')('OrderPaid', 'OrderRefundRequired', {
    confirmed: 2,
    refund: 3,
    ...fine,
  }),
  story('ConfirmReservation 5')('the deadline passes', 'OrderStockExpired', {
    released: 0,
    confirmed: 5,
    reason: 'ALREADY_CONFIRMED',
  }),
  story('ConfirmReservation 5', 'the deadline passes')('OrderPaid', 'OrderStockConfirmed', {
    confirmed: 5,
    refund: 0,
    ...fine,
  }),
  story('ReleaseReservation 5')('OrderPaid', 'OrderRefundRequired', {
    confirmed: 0,
    refund: 5,
    reason: 'ALREADY_RELEASED',
  }),
  story('ReleaseReservation 2')('OrderPaid', 'OrderRefundRequired', {
    confirmed: 3,
    refund: 2,
    reason: 'ALREADY_RELEASED',
  }),
  story('ConfirmReservation 2', 'ReleaseReservation 3')('OrderPaid', 'OrderRefundRequired', {
    confirmed: 2,
    refund: 3,
    reason: 'ALREADY_RELEASED',
  }),
  story('ReleaseReservation 2')('OrderCancelled', 'OrderStockReleased', {
    released: 5,
    confirmed: 0,
    ...fine,
  }),
  story('ReleaseReservation 5')('the deadline passes', 'OrderStockExpired', {
    released: 5,
    confirmed: 0,
    reason: 'ALREADY_RELEASED',
  }),
  story('OrderPaid', 'ReturnStock 2')('OrderReturned 5', 'OrderStockReturned', {
    returned: 0,
    returnedInAll: 2,
    reason: 'QUANTITY_EXCEEDS_CONFIRMED',
  }),
  story('OrderPaid', 'ReturnStock 2')('OrderReturned 3', 'OrderStockReturned', {
    returned: 3,
    returnedInAll: 5,
    ...fine,
  }),
  story('ConfirmReservation 5', 'ReturnStock 5')('OrderPaid', 'OrderRefundRequired', {
    confirmed: 5,
    returned: 5,
    refund: 5,
    ...fine,
  }),
];

function story(...given: Hand[]) {
  return (when: Hand, kind: string, line: TwoHands['verdict'][1]): TwoHands => {
    return { given, when, verdict: [kind, line] };
  };
}

/** The stories as a table for readers. */
export function twoHandsTable(): string {
  return markdownTable(
    ['5 units are held, then', 'then', 'verdict'],
    twoHands.map(({ given, when, verdict: [kind, line] }) => {
      const units = Object.entries(line).flatMap(([name, value]) =>
        value === null ? [] : [name === 'reason' ? `\`${value}\`` : `${name} ${value}`],
      );
      return [given.join(', '), when, `\`${kind}\`: ${units.join(', ')}`];
    }),
  );
}
