import { loadSettings } from '../../../src/config/loadSettings.ts';
import type { CallersSide } from '../../callersSide.ts';
import { receiveStock } from './receiveStock.ts';
import { RestateCaller } from './restateCaller.ts';
import type { RestatePrograms } from './restatePrograms.ts';
import { RestateServer } from './restateServer.ts';

/** Restate over HTTP, on so many connections that are kept open. */
export function restateCallers(programs: RestatePrograms, connections: number): CallersSide {
  return {
    name: 'restate',
    open: async (skus, stock) => {
      const server = await RestateServer.start(programs, loadSettings().values);
      await receiveStock(server, { skus, stock });
      const caller = new RestateCaller(server.ingressPort, connections);
      return {
        reserve: async (sku) => (await caller.call(sku, 'reserve', 1)) === true,
        reserved: async () =>
          (await server.stock()).reduce((units, { reserved }) => units + reserved, 0),
        close: async () => {
          caller.close();
          await server.close();
        },
      };
    },
  };
}
