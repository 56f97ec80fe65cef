import type { OrderDraft } from './orderDraft.ts';
import type { RefusalOf } from './orderRefusals.ts';
import type { OrderHead } from './orderState.ts';
import { answerPayment, beginConfirm } from './orderSteps.ts';

export function refusesPaid({ phase, paidBy }: OrderHead): RefusalOf<'OrderPaid'> {
  if (phase === 'unplaced') return 'ORDER_UNKNOWN';
  return paidBy === null ? null : 'ALREADY_PAID';
}

/**
 * The order is paid. While it is still being reserved or released, the payment is remembered and
 * answered with that step; no deadline runs before it is reserved. Once the order was given up, all
 * of it is to be repaid but what somebody else's command has sold: after expiry too, because the
 * units were released and taking them again line by line could sell half an order.
 */
export function decidePaid(draft: OrderDraft): void {
  switch (draft.head.phase) {
    case 'reserved':
      beginConfirm(draft);
      return;
    case 'rejected':
    case 'cancelled':
    case 'expired':
      answerPayment(draft);
      return;
    case 'unplaced':
    case 'reserving':
    case 'releasing':
    case 'confirming':
    case 'confirmed':
  }
}
