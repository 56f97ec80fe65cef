import { OrderEventProducer } from '../producers/orderEventProducer.ts';
import { sendPaced } from '../producers/sendPaced.ts';
import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import { AnswerClock } from './answerClock.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { onCleanUp } from './cleanUp.ts';
import { differences } from './checkReserved.ts';
import { type LoadRun, latencyTable } from './latencyTable.ts';
import { LiveOnhand } from './liveOnhand.ts';
import { OrderVerdictReader } from './orderVerdictReader.ts';
import type { ProgressView } from './progressView.ts';

const liveSkus = 40;
const fedSkus = 3000;
const reservesPerSecond = 50;
const ordersPerSecond = 10;
const warmUpSeconds = 8;
const timeToPaySeconds = 5;
const pacePerSecond = 500;

const note = `Live load of ${reservesPerSecond} reserves and ${ordersPerSecond} orders a second
(${timeToPaySeconds} s to pay) on ${liveSkus} SKUs, while a stock-take of ${fedSkus} other SKUs is
sent: first by sendPaced, then all at once. Time from when a reserve was due until its event was
read. No order may be rejected.`;

/** What a bulk feed does to live reserves and orders, paced and not. */
export async function feed(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const counts = Math.round(25_000 * scale.factor);
  const live = await LiveOnhand.open({ skus: liveSkus });
  const { at } = live;
  const { settings, logger } = at;
  const bulk = new StockCommandProducer(settings, logger);
  const orders = new OrderEventProducer(settings, logger);
  const clock = new AnswerClock();
  let rejected = 0;
  const verdicts = await OrderVerdictReader.open(at, ({ kind, orderId }) => {
    if (kind === 'OrderStockRejected') rejected++;
    if (kind !== 'OrderStockExpired') clock.answered(orderId);
  });
  await Promise.all([bulk.connect(), orders.connect()]);
  const disconnect = onCleanUp(async () => {
    await Promise.all([bulk.disconnect(), orders.disconnect()]);
  });
  let placed = 0;
  const place = () => {
    const orderId = `placed-${placed}`;
    const lines = [0, 1].map((line) => {
      return { sku: `SKU-${10_000 + ((placed * 2 + line) % liveSkus)}`, quantity: 1 };
    });
    placed++;
    const sent = orders.placeOrder({ orderId, lines, ttlSeconds: timeToPaySeconds });
    return { id: orderId, sent: sent.then(() => undefined) };
  };
  const measure = async (load: string, seconds: number): Promise<LoadRun[]> => {
    const requireAlive = () => live.requireAlive();
    const [reserves, placing] = await Promise.all([
      live.measure(reservesPerSecond, seconds),
      clock.run({ perSecond: ordersPerSecond, seconds, send: place, requireAlive }),
    ]);
    return [
      { load: `reserves, ${load}`, ...reserves },
      { load: `orders, ${load}`, ...placing },
    ];
  };

  const runs: LoadRun[] = [];
  try {
    view.step('feed: warm-up, then quiet');
    await measure('warm-up', warmUpSeconds);
    runs.push(...(await measure('quiet', scale.seconds)));
    const seconds = Math.max(2, counts / pacePerSecond);
    view.step(`feed: ${counts} counts, paced`);
    const pacing = sendPaced(settings, logger, countsOf('paced', counts), {
      perSecond: pacePerSecond,
    });
    const paced = measure('beside a paced feed', seconds);
    await pacing;
    runs.push(...(await paced));
    view.step(`feed: ${counts} counts at once`);
    const sending = bulk.send(countsOf('at-once', counts));
    const flooded = measure('behind a feed sent at once', scale.seconds);
    await sending;
    runs.push(...(await flooded));
  } finally {
    await disconnect();
    await verdicts.close();
    await live.close();
  }
  const missing = runs.reduce((sum, run) => sum + run.missing, 0);
  const faults = differences([
    ['orders rejected', rejected, 0],
    ['answers missing', missing, 0],
  ]);
  const title = `A stock-take of ${counts.toLocaleString('en')} counts beside live load`;
  const tables = [latencyTable(title, runs, note)];
  return { name: 'feed', tables, faults, data: { counts, placed, rejected, runs } };
}

function countsOf(name: string, count: number): AskingCommand[] {
  return Array.from({ length: count }, (_, index) => {
    const head = { commandId: `${name}-${index}`, sku: `FED-${index % fedSkus}`, location: 'main' };
    return { ...head, kind: 'CountStock', counted: 100, expected: null, reason: 'stock-take' };
  });
}
