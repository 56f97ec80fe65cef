import type { StockEvent } from '../events.ts';
import { totalsOf } from '../reservationTotals.ts';
import type { StockState } from '../stockState.ts';
import type { StockReply } from './orderEvents.ts';

/** What a command must name so that it can be answered. */
interface AnsweredCommand {
  orderId: string;
  commandId: string;
  sku: string;
  location: string;
}

/**
 * How the stock engine answers an order's command: its outcome, as the order engine reads it, and
 * what has become of the reservation by now. A repeat gets the first outcome with today's totals.
 */
export function replyTo(
  command: AnsweredCommand,
  outcome: StockEvent,
  state: StockState,
): StockReply {
  const { orderId, commandId, sku, location } = command;
  const isRefused = outcome.kind === 'CommandRejected';
  return {
    kind: 'StockReply',
    orderId,
    commandId,
    sku,
    location,
    quantity: movedUnits(outcome),
    reason: isRefused ? outcome.reason : null,
    shortage: isRefused ? outcome.shortage : null,
    totals: totalsOf(state, command),
  };
}

function movedUnits(outcome: StockEvent): number {
  if (outcome.kind === 'StockReserved') return outcome.granted;
  const isCounted =
    outcome.kind === 'ReservationConfirmed' ||
    outcome.kind === 'ReservationReleased' ||
    outcome.kind === 'StockReturned';
  return isCounted ? outcome.quantity : 0;
}
