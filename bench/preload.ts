import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { ReceiveStock, ReserveStock } from '../src/domain/commands.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import type { Workload } from './workload.ts';

const sendBatch = 5000;

/** A reservation of one unit for an order of its own. */
export function reserveOne(sku: string, number: number): ReserveStock {
  const open = { minimum: null, expiresAt: null, ttlSeconds: null };
  const ids = { commandId: `reserve-${number}`, orderId: `order-${number}` };
  return { kind: 'ReserveStock', ...ids, sku, location: 'main', quantity: 1, ...open };
}

/** The receipt of the stock that a workload begins with. */
export function receiveAll({ skus, stock }: Pick<Workload, 'skus' | 'stock'>): ReceiveStock[] {
  return skus.map((sku, index) => {
    const commandId = `receive-${index}`;
    return { kind: 'ReceiveStock', commandId, sku, location: 'main', quantity: stock[index] ?? 1 };
  });
}

/** Puts a whole workload on the commands topic, receipts first. `onSent` is told the total. */
export async function preload(
  { settings, logger }: BenchInstallation,
  workload: Workload,
  onSent: (commands: number) => void,
): Promise<void> {
  const producer = new StockCommandProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  await producer.send(receiveAll(workload));
  const { orders, skus } = workload;
  for (let from = 0; from < orders.length; from += sendBatch) {
    const batch = [...orders.subarray(from, from + sendBatch)].map((sku, index) =>
      reserveOne(skus[sku] ?? '', from + index),
    );
    await producer.send(batch);
    onSent(from + batch.length);
  }
  await disconnect();
}
