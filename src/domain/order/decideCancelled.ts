import { isReason } from '../limits.ts';
import type { OrderDraft } from './orderDraft.ts';
import type { OrderCancelled } from './orderEvents.ts';
import type { RefusalOf } from './orderRefusals.ts';
import type { OrderHead } from './orderState.ts';
import { beginRelease } from './orderSteps.ts';

export function refusesCancelled(
  { reason }: OrderCancelled,
  { phase, paidBy, cancelledBy, ending }: OrderHead,
): RefusalOf<'OrderCancelled'> {
  if (!isReason(reason)) return 'REASON_INVALID';
  if (cancelledBy !== null) return 'ALREADY_CANCELLED';
  if (phase === 'rejected') return 'ALREADY_REJECTED';
  // From the deadline on, however far the release has come: that depends on when ticks come.
  if (ending === 'PAYMENT_OVERDUE') return 'ALREADY_EXPIRED';
  return paidBy === null ? null : 'ALREADY_PAID';
}

/**
 * The order is given up. An unplaced one leaves a tombstone: it will be rejected when it is placed.
 * One that is being rejected is answered when that is done.
 */
export function decideCancelled({ eventId, reason }: OrderCancelled, draft: OrderDraft): void {
  switch (draft.head.phase) {
    case 'unplaced':
      draft.state({ kind: 'PhaseChanged', phase: 'cancelled' });
      draft.answer(eventId, { kind: 'OrderStockReleased', lines: [] });
      return;
    case 'reserving':
    case 'reserved':
      beginRelease(draft, 'ORDER_CANCELLED', reason);
      return;
    case 'releasing':
    case 'confirming':
    case 'confirmed':
    case 'rejected':
    case 'cancelled':
    case 'expired':
  }
}
