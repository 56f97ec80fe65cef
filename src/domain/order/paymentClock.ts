import type { OrderDraft } from './orderDraft.ts';
import type { OrderPolicy } from './orderState.ts';

/**
 * How long the stock engine is to hold a line, in seconds from when the reserve came into its log:
 * longer than the order may take to be paid, because the stock engine must not judge before the
 * order does. It is no point in time: an order lane that is behind sends its reserves late.
 */
export function holdSeconds(lifeMs: number, policy: OrderPolicy): number {
  const wanted = Math.ceil((lifeMs + policy.graceMs) / 1000);
  return Math.min(wanted, Math.floor(policy.reservationTtlMsMax / 1000));
}

/**
 * The order is reserved: from now on its deadline runs. It is the one that was asked for; if the
 * stock engine took so long that less than half of the time to pay would be left, it moves to where
 * half is left. False when a line is not held for so long, because the stock engine was behind by
 * more than half the time to pay and the grace: then the order cannot be had any more.
 * A payment that came meanwhile was in time, whatever the hour.
 */
export function openPayment(draft: OrderDraft): boolean {
  const { head, now, policy } = draft;
  if (head.paidBy !== null) return true;
  const earliest = now + Math.ceil((head.lifeMs ?? policy.paymentTtlMs) / 2);
  if ((head.heldUntil ?? Infinity) < earliest) return false;
  if (head.expiresAt < earliest) draft.state({ kind: 'DeadlineMoved', expiresAt: earliest });
  return true;
}
