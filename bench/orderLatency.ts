import { OrderEventProducer } from '../producers/orderEventProducer.ts';
import { AnswerClock } from './answerClock.ts';
import type { Scale } from './benchmark.ts';
import { benchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import type { LoadRun } from './latencyTable.ts';
import { OrderVerdictReader } from './orderVerdictReader.ts';
import { makeOrderWorkload } from './orderWorkload.ts';
import { receiveAll, sendCommands } from './preload.ts';
import type { ProgressView } from './progressView.ts';
import { rotated } from './rounds.ts';
import { WorkerProcess } from './workerProcess.ts';

const shares = [0.2, 0.8];
const warmUpSeconds = 3;
const endlessStock = 1_000_000_000;

/**
 * Time from when an order was due to be sent until its verdict was read, at shares of a maximum
 * (orders a second) in an open loop, every order granted.
 */
export async function orderLatency(
  maximum: number,
  scale: Scale,
  view: ProgressView,
): Promise<LoadRun[]> {
  const installation = await benchInstallation();
  const { settings, logger } = installation;
  const clock = new AnswerClock();
  const worker = new WorkerProcess(installation);
  const reader = await OrderVerdictReader.open(installation, ({ orderId }) =>
    clock.answered(orderId),
  );
  const producer = new OrderEventProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  const { skus, orders } = makeOrderWorkload(10_000);
  let count = 0;
  const send = () => {
    const lines = (orders[count % orders.length] ?? []).map((sku) => ({ sku, quantity: 1 }));
    const id = `order-${count++}`;
    return { id, sent: producer.placeOrder({ orderId: id, lines }).then(() => undefined) };
  };
  const requireAlive = () => {
    worker.requireAlive();
    if (reader.failure) throw reader.failure;
  };
  const measure = (perSecond: number, seconds: number) =>
    clock.run({ perSecond, seconds, send, requireAlive });

  const runs: LoadRun[] = [];
  try {
    // A lane of each engine per partition.
    await worker.claimed(2 * settings.ONHAND_PARTITIONS);
    await sendCommands(installation, receiveAll({ skus, stock: skus.map(() => endlessStock) }));
    view.step('orders, warm-up');
    await measure(maximum * 0.2, warmUpSeconds);
    for (let round = 0; round < (scale.full ? scale.rounds : 1); round++) {
      for (const share of rotated(shares, round)) {
        const perSecond = Math.round(maximum * share);
        view.step(`orders, latency at ${perSecond}/s`);
        const load = `${share * 100} %, ${perSecond.toLocaleString('en')}/s`;
        runs.push({ load, ...(await measure(perSecond, scale.seconds)) });
      }
    }
  } finally {
    await disconnect();
    await worker.stop();
    await reader.close();
    await installation.close();
  }
  return runs;
}
