import { differences } from '../../checkReserved.ts';
import type { SideRun } from '../../side.ts';
import type { Workload } from '../../workload.ts';
import type { RestateServer } from './restateServer.ts';

/** What must hold afterwards, by the state of the objects. */
export async function checkRestate(
  server: RestateServer,
  { grantable, orders }: Workload,
): Promise<Pick<SideRun, 'granted' | 'refused' | 'oversold' | 'faults'>> {
  const stock = await server.stock();
  const sum = (of: (item: (typeof stock)[number]) => number) =>
    stock.reduce((total, item) => total + of(item), 0);
  const granted = sum(({ reserved }) => reserved);
  const refused = sum((item) => item.refused);
  const oversold = sum(({ reserved, onHand }) => Math.max(0, reserved - onHand));
  const faults = differences([
    ['units reserved', granted, grantable],
    ['orders refused', refused, orders.length - grantable],
    ['units oversold', oversold, 0],
  ]);
  return { granted, refused, oversold, faults };
}
