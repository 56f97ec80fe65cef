import type { AskingCommand } from '../../src/domain/commands.ts';
import type { PublishedStockEvent } from '../../src/messaging/stockEventCodec.ts';
import { fateOf } from './fate.ts';
import type { PlannedReturn } from './plan.ts';

/**
 * What customers do when they hear of their reservations: pay, cancel, come too late, send back.
 */
export class Customers {
  readonly #returns = new Map<string, number>();
  readonly #confirmed = new Set<string>();
  #sentBack = 0;

  /** Goods that will come back once their sale is confirmed; at once when it is. */
  expectReturn({ orderId, sku, quantity }: PlannedReturn): AskingCommand[] {
    const key = `${orderId}\n${sku}`;
    this.#returns.set(key, (this.#returns.get(key) ?? 0) + quantity);
    return this.#confirmed.has(key) ? this.#sendBack(orderId, sku) : [];
  }

  /** The command that an event makes a customer send, if any. Its id is derived from the event. */
  react(event: PublishedStockEvent): AskingCommand[] {
    const { sku, location, partition, offset, index } = event;
    const id = `${partition}-${offset}-${index}`;
    const at = { sku, location };
    switch (event.kind) {
      case 'StockReserved': {
        const { orderId } = event;
        const fate = fateOf(orderId);
        const order = { orderId, quantity: null };
        if (fate === 'pays') {
          return [{ kind: 'ConfirmReservation', commandId: `pay-${id}`, ...at, ...order }];
        }
        if (fate !== 'cancels') return [];
        const reason = 'changed my mind';
        return [{ kind: 'ReleaseReservation', commandId: `cancel-${id}`, ...at, ...order, reason }];
      }
      case 'ReservationExpired': {
        const { orderId } = event;
        if (fateOf(orderId) !== 'pays late') return [];
        const commandId = `pay-late-${id}`;
        return [{ kind: 'ConfirmReservation', commandId, ...at, orderId, quantity: null }];
      }
      case 'ReservationConfirmed':
        this.#confirmed.add(`${event.orderId}\n${sku}`);
        return this.#sendBack(event.orderId, sku);
      case 'StockReceived':
      case 'ReservationReleased':
      case 'ReservationExtended':
      case 'StockReturned':
      case 'StockAdjusted':
      case 'StockCounted':
      case 'ParkedRetried':
      case 'ParkedSkipped':
      case 'CommandRejected':
        return [];
    }
  }

  #sendBack(orderId: string, sku: string): AskingCommand[] {
    const key = `${orderId}\n${sku}`;
    const quantity = this.#returns.get(key);
    if (quantity === undefined) return [];
    this.#returns.delete(key);
    const commandId = `return-${++this.#sentBack}`;
    return [{ kind: 'ReturnStock', commandId, sku, location: 'main', orderId, quantity }];
  }
}
