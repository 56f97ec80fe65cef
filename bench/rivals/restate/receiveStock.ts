import type { Workload } from '../../workload.ts';
import { RestateCaller } from './restateCaller.ts';
import type { RestateServer } from './restateServer.ts';

const callers = 64;

/** Puts the workload's stock on hand. */
export async function receiveStock(
  server: RestateServer,
  { skus, stock }: Pick<Workload, 'skus' | 'stock'>,
): Promise<void> {
  const caller = new RestateCaller(server.ingressPort, callers);
  try {
    const received = skus.map((sku, index) => caller.call(sku, 'receive', stock[index] ?? 0));
    await Promise.all(received);
  } finally {
    caller.close();
  }
}
