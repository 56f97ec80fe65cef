import type { Logger } from 'pino';
import { OrderEventProducer } from '../../producers/orderEventProducer.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';
import type { EventLink } from './outboxRelay.ts';

/** A link to Kafka by onhand's own producer of order events. */
export async function openEventLink(settings: Settings, logger: Logger): Promise<EventLink> {
  const producer = new OrderEventProducer(settings, logger);
  await producer.connect();
  return {
    send: async (events) => {
      await Promise.all(events.map((event) => sendEvent(producer, event)));
    },
    disconnect: () => producer.disconnect(),
  };
}

function sendEvent(producer: OrderEventProducer, event: UpstreamEvent): Promise<string> {
  switch (event.kind) {
    case 'OrderPlaced': {
      const { expiresAt, ttlSeconds, ...order } = event;
      return producer.placeOrder({
        ...order,
        ...(expiresAt !== null && { expiresAt }),
        ...(ttlSeconds !== null && { ttlSeconds }),
      });
    }
    case 'OrderPaid':
      return producer.orderPaid(event);
    case 'OrderCancelled':
      return producer.orderCancelled(event);
    case 'OrderReturned':
      return producer.orderReturned(event);
  }
}
