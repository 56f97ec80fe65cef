import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ObjectContext, RestateSdk } from './restateSdk.ts';
import type { HandlerRuns, SkuStock } from './skuStock.ts';

/**
 * A program by itself, run by a Node that the SDK wants: stock as a virtual object per SKU, with
 * one value as its state. Arguments: folder of the SDK, port. Tells its parent how often it ran.
 */
const [folder = '', port = ''] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { object, createEndpointHandler } = require('@restatedev/restate-sdk') as RestateSdk;

const nothing: SkuStock = { onHand: 0, reserved: 0, refused: 0 };
const told: HandlerRuns = { runs: 0, firstAt: 0, lastAt: 0 };

const sku = object({
  name: 'sku',
  handlers: {
    receive: async (context: ObjectContext, units: number) => {
      const stock = (await context.get<SkuStock>('stock')) ?? nothing;
      context.set<SkuStock>('stock', { ...stock, onHand: stock.onHand + units });
    },
    reserve: async (context: ObjectContext, units: number) => {
      told.firstAt ||= now();
      const stock = (await context.get<SkuStock>('stock')) ?? nothing;
      const granted = stock.onHand - stock.reserved >= units;
      context.set<SkuStock>('stock', {
        ...stock,
        ...(granted ? { reserved: stock.reserved + units } : { refused: stock.refused + 1 }),
      });
      told.runs++;
      told.lastAt = now();
      return granted;
    },
  },
});

function now(): number {
  return performance.timeOrigin + performance.now();
}

const handle = createEndpointHandler({ services: [sku], logger: () => undefined });
createServer(handle).listen(Number(port), '127.0.0.1');
let sent = -1;
setInterval(() => {
  if (told.runs === sent) return;
  sent = told.runs;
  process.send?.(told);
}, 20);
// The parent is gone: nobody wants the service any more.
process.once('disconnect', () => process.exit());
