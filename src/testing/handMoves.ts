import type { Hand } from '../docs/twoHands.ts';
import type { AskingCommand } from '../domain/commands.ts';
import type { UpstreamEvent } from '../domain/order/orderEvents.ts';
import { commandsFor } from './commandsFor.ts';
import { orderEventsFor } from './orderEventsFor.ts';

/** What a hand sends about an order of one SKU; null: it waits for the payment deadline. */
export function moveOf(
  hand: Hand,
  orderId: string,
  sku: string,
): { event: UpstreamEvent } | { command: AskingCommand } | null {
  const [kind = '', units] = hand.split(' ');
  const quantity = Number(units);
  const { pay, cancel, takeBack } = orderEventsFor(orderId);
  const warehouse = commandsFor(sku);
  const more = { commandId: `warehouse-${orderId}-${hand.replace(' ', '-')}`, quantity };
  switch (kind) {
    case 'OrderPaid':
      return { event: pay() };
    case 'OrderCancelled':
      return { event: cancel() };
    case 'OrderReturned':
      return { event: takeBack({ [sku]: quantity }) };
    case 'ConfirmReservation':
      return { command: warehouse.confirm(orderId, more) };
    case 'ReleaseReservation':
      return { command: warehouse.release(orderId, more) };
    case 'ReturnStock':
      return { command: warehouse.takeBack(orderId, quantity, more) };
    default:
      return null;
  }
}
