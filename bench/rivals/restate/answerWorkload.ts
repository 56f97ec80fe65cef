import type { CallersSide } from '../../callersSide.ts';
import { differences } from '../../checkReserved.ts';
import { Latencies, type LatencySummary } from '../../latencies.ts';
import type { ProgressView } from '../../progressView.ts';
import type { Workload } from '../../workload.ts';

/** Answers a second, what a caller waits in ms, and what is not as it must be. */
export type AnsweredRun = LatencySummary & { perSecond: number; faults: string[] };

/** So many callers at a time, each waiting for its answer, until every order is answered. */
export async function answerWorkload(
  side: CallersSide,
  callers: number,
  { skus, stock, orders, grantable }: Workload,
  view: ProgressView,
): Promise<AnsweredRun> {
  const answering = await side.open(skus, stock);
  const show = view.bar(side.name, orders.length);
  const latencies = new Latencies();
  let [next, granted] = [0, 0];
  const call = async () => {
    for (let order = next++; order < orders.length; order = next++) {
      const from = performance.now();
      const sku = skus[orders[order] ?? 0] ?? '';
      if (await answering.reserve(sku, `order-${order}`)) granted++;
      latencies.record(performance.now() - from);
      if (order % 100 === 0) show(order);
    }
  };
  try {
    const begun = performance.now();
    await Promise.all(Array.from({ length: callers }, call));
    const perSecond = orders.length / ((performance.now() - begun) / 1000);
    view.endBar();
    const faults = differences([
      ['granted', granted, grantable],
      ['units reserved', await answering.reserved(), grantable],
    ]);
    return { perSecond, ...latencies.summary(), faults };
  } finally {
    await answering.close();
  }
}
