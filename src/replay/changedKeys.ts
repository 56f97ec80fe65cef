import type { StockEvent } from '../domain/events.ts';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import { orderIdOf } from '../domain/orderIdOf.ts';
import { itemKey } from '../domain/stockState.ts';

/** What facts of a lane have changed. */
export class ChangedKeys {
  /** Orders whose reservations may have changed, by key of the stock item. */
  readonly items = new Map<string, Set<string>>();
  readonly orders = new Set<string>();

  noteEvents(events: readonly StockEvent[]): void {
    for (const event of events) {
      if (event.sequence === 0) continue;
      const key = itemKey(event.sku, event.location);
      let orderIds = this.items.get(key);
      if (!orderIds) this.items.set(key, (orderIds = new Set()));
      const orderId = orderIdOf(event);
      if (orderId !== null) orderIds.add(orderId);
    }
  }

  noteOrders(facts: readonly OrderFact[]): void {
    for (const { orderId } of facts) this.orders.add(orderId);
  }

  clear(): void {
    this.items.clear();
    this.orders.clear();
  }
}
