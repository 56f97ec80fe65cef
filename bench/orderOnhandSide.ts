import { OrderEventProducer } from '../producers/orderEventProducer.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { checkOrders } from './checkOrders.ts';
import { onCleanUp } from './cleanUp.ts';
import { type Drain, type DrainOptions, drainSide } from './drainSide.ts';
import { OrderVerdictReader } from './orderVerdictReader.ts';
import type { OrderWorkload } from './orderWorkload.ts';
import { receiveAll, sendCommands } from './preload.ts';
import type { Side } from './side.ts';

const sendBatch = 5000;

/** The orders wait on their topic, the receipts of their stock on theirs. */
const orders: Drain<OrderWorkload, OrderVerdictReader> = {
  name: 'onhand',
  answers: (work) => work.orders.length,
  preload,
  openReader: (at) => OrderVerdictReader.open(at),
  check: ({ pool }, work, reader) => checkOrders(pool, work, reader),
};

/** Answers whole orders by onhand, Kafka to Kafka; see `drainSide` for what is timed. */
export function orderOnhandSide(options?: DrainOptions): Side<OrderWorkload> {
  return drainSide(orders, options);
}

/** Puts the receipts on the commands topic and all orders on theirs. */
async function preload(
  { settings, logger }: BenchInstallation,
  workload: OrderWorkload,
  onSent: (orders: number) => void,
): Promise<void> {
  await sendCommands({ settings, logger }, receiveAll(workload));
  const producer = new OrderEventProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  const { orders } = workload;
  for (let from = 0; from < orders.length; from += sendBatch) {
    const batch = orders.slice(from, from + sendBatch).map((skus, index) => {
      const number = from + index;
      const lines = skus.map((sku) => ({ sku, quantity: 1 }));
      return producer.placeOrder({ orderId: `order-${number}`, eventId: `place-${number}`, lines });
    });
    await Promise.all(batch);
    onSent(from + batch.length);
  }
  await disconnect();
}
