import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../../stack/freePort.ts';
import { auditOrders } from '../../../examples/audit/auditOrders.ts';
import { runDay } from '../../../examples/demo/day.ts';
import { flashBaskets, flashStock } from '../../../examples/demo/flashSale.ts';
import { generateInvoices } from '../../../examples/demo/generateInvoices.ts';
import { InvoicePlan } from '../../../examples/demo/plan.ts';
import { Service } from '../../../examples/demo/service.ts';
import { ShopClient } from '../../../examples/demo/shopClient.ts';
import { ShopWatch } from '../../../examples/demo/shopWatch.ts';
import { createShopDatabase, shopDatabaseName } from '../../../examples/shop/shopDatabase.ts';
import { packageRoot } from '../../config/packageRoot.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { settingsEnv } from '../settingsEnv.ts';
import { dropDatabase } from '../throwawayDatabase.ts';
import { type FaultRig, faultRig } from './faultRig.ts';

const unpaidLifeSeconds = 2;
const flashCustomers = 200;
const skus = 60;
/** Of each SKU: not enough for everybody. */
const unitsEach = 150;

/** An installation with a shop, a process of its own that is started again when it dies. */
export interface OrdersRig extends FaultRig {
  shop: Service;
  /** Share of the customers who have asked the shop, 0 to 1. */
  share(): number;
  /** Customers order, pay, cancel, send back. Ends when every order has come to its end. */
  day(invoices: number): Promise<void>;
  /** Ends the shop and the workers, then has the audits look at both sides. */
  expectAudit(): Promise<void>;
}

export async function ordersRig(seed: number): Promise<OrdersRig> {
  const rig = await faultRig({ ONHAND_SESSION_TIMEOUT_SECONDS: 1 });
  const { settings } = rig;
  await createShopDatabase(settings);
  const port = await freePort();
  const program = join(packageRoot, 'dist', 'examples', 'shop', 'main.js');
  const args = [program, '--port', String(port), '--seed', String(seed)];
  const env = settingsEnv(settings) as Record<string, string>;
  const shop = new Service('shop-under-faults', args, env, () => undefined);
  const watch = new ShopWatch(settings);
  let served = 0;
  let customers = 1;
  return {
    ...rig,
    shop,
    share: () => served / customers,
    day: async (count) => {
      const invoices = [...generateInvoices({ seed, invoices: count, skus })];
      const stock = new Map(flashStock);
      for (const { lines } of invoices) {
        for (const { sku } of lines) stock.set(sku, (unitsEach * count) / 150);
      }
      const flash = flashBaskets(flashCustomers, seed, unpaidLifeSeconds);
      customers = invoices.length + flash.length;
      const plan = new InvoicePlan(seed, unpaidLifeSeconds);
      const client = new ShopClient(`http://127.0.0.1:${port}`);
      const view = { served: () => void served++ };
      await runDay(
        { settings, logger: silentLogger, client, plan, seed, watch, view },
        { stock, invoices, count, flash },
      );
    },
    expectAudit: async () => {
      await shop.stop();
      const { lines } = await auditOrders(settings, silentLogger, rig.admin);
      expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
      await rig.expectExact();
    },
    close: async () => {
      await shop.stop();
      await watch.stop();
      await dropDatabase({ ...settings, ONHAND_MYSQL_DATABASE: shopDatabaseName(settings) });
      await rig.close();
    },
  };
}
