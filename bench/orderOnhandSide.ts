import { OrderEventProducer } from '../producers/orderEventProducer.ts';
import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { checkOrders } from './checkOrders.ts';
import { onCleanUp } from './cleanUp.ts';
import { CostMeter } from './costMeter.ts';
import type { OrderSide } from './orderSide.ts';
import { OrderVerdictReader } from './orderVerdictReader.ts';
import type { OrderWorkload } from './orderWorkload.ts';
import { receiveAll } from './preload.ts';
import { peakMemoryMiBOf } from './processCost.ts';
import type { ProgressView } from './progressView.ts';
import type { SideRun } from './side.ts';
import { untilRead } from './untilRead.ts';
import { verifyInstallation } from './verifyInstallation.ts';
import { WorkerProcess } from './workerProcess.ts';

const sendBatch = 5000;

/**
 * Kafka to Kafka: the orders wait on their topic, the receipts of their stock on theirs, then one
 * processor is started. Timed from its first claim of a lane until the last verdict was read by a
 * reader of committed records.
 */
export function orderOnhandSide({ verify }: { verify: boolean }): OrderSide {
  return {
    name: 'onhand',
    run: async (workload, view) => {
      const installation = await benchInstallation();
      try {
        const run = await drain(installation, workload, view);
        if (verify) run.faults.push(...(await verifyInstallation(installation, view)));
        return run;
      } finally {
        await installation.close();
      }
    },
  };
}

async function drain(
  installation: BenchInstallation,
  workload: OrderWorkload,
  view: ProgressView,
): Promise<SideRun> {
  const commands = workload.orders.length;
  await preload(installation, workload, view.bar('preload ', commands));
  const reader = await OrderVerdictReader.open(installation);
  const meter = await CostMeter.open(installation.pool, ['mysql', 'kafka']);
  const worker = new WorkerProcess(installation);
  try {
    await worker.claimed(1);
    const begun = performance.now();
    await meter.start({ processor: worker.pid });
    await untilRead(commands, reader, worker, view.bar('onhand  ', commands));
    const seconds = (reader.lastAt - begun) / 1000;
    const cost = await meter.stop();
    const more = { peakMemoryMiB: Math.round(peakMemoryMiBOf(worker.pid) ?? NaN) };
    await worker.stop();
    view.endBar();
    const { granted, refused } = reader;
    const found = await checkOrders(installation.pool, workload, reader);
    return { commands, seconds, granted, refused, cost, more, ...found };
  } finally {
    await worker.stop();
    await reader.close();
  }
}

/** Puts the receipts on the commands topic and all orders on theirs. */
async function preload(
  { settings, logger }: BenchInstallation,
  workload: OrderWorkload,
  onSent: (orders: number) => void,
): Promise<void> {
  const commands = new StockCommandProducer(settings, logger);
  await commands.connect();
  const disconnectCommands = onCleanUp(() => commands.disconnect());
  await commands.send(receiveAll(workload));
  await disconnectCommands();

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
