import { expect } from 'chai';
import type { Processor } from '../../src/cli/processor.ts';
import type { Settings } from '../../src/config/settings.ts';
import { silentLogger } from '../../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../../src/testing/testInstallation.ts';
import { dropDatabase } from '../../src/testing/throwawayDatabase.ts';
import { auditOrders } from '../audit/auditOrders.ts';
import { runDay } from '../demo/day.ts';
import { flashBaskets, flashStock } from '../demo/flashSale.ts';
import { generateInvoices } from '../demo/generateInvoices.ts';
import { InvoicePlan } from '../demo/plan.ts';
import { ShopClient } from '../demo/shopClient.ts';
import { ShopWatch } from '../demo/shopWatch.ts';
import { openEventLink } from './openEventLink.ts';
import type { EventLink } from './outboxRelay.ts';
import { type Shop, startShop } from './shop.ts';
import { createShopDatabase, shopDatabaseName } from './shopDatabase.ts';

const seed = 7;
const unpaidLifeSeconds = 4;
const failEvery = 5;

describe('the shop', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let watch: ShopWatch;
  let shops: Shop[];
  beforeEach(async () => {
    shops = [];
    onhand = await testInstallation();
    await createShopDatabase(onhand.settings);
    processor = await onhand.startProcessor();
    watch = new ShopWatch(onhand.settings);
  });
  afterEach(async () => {
    for (const shop of shops) await shop.stop();
    await watch?.stop();
    await processor?.stop();
    const { settings } = onhand;
    await dropDatabase({ ...settings, ONHAND_MYSQL_DATABASE: shopDatabaseName(settings) });
    await onhand?.close();
  });

  const openShop = async (openLink?: () => Promise<EventLink>) => {
    const { settings } = onhand;
    const shop = await startShop({
      settings,
      logger: silentLogger,
      port: 0,
      seed,
      onFailure: (error) => {
        throw error;
      },
      ...(openLink && { openLink }),
    });
    shops.push(shop);
    return shop;
  };

  /** A day with a few hundred orders, twice as many units as are there of some SKUs. */
  const day = async (url: string, served: () => void = () => undefined) => {
    const invoices = [...generateInvoices({ seed, invoices: 150, skus: 60 })];
    const stock = new Map(flashStock);
    for (const { lines } of invoices) {
      for (const { sku } of lines) stock.set(sku, 150);
    }
    const plan = new InvoicePlan(seed, unpaidLifeSeconds);
    const client = new ShopClient(url);
    const flash = flashBaskets(200, seed, unpaidLifeSeconds);
    const { settings } = onhand;
    await runDay(
      { settings, logger: silentLogger, client, plan, seed, watch, view: { served } },
      { stock, invoices, count: invoices.length, flash },
    );
    return client;
  };

  const expectAudit = async () => {
    const { settings, admin } = onhand;
    const audit = await auditOrders(settings, silentLogger, admin);
    expect(audit.lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    return audit;
  };

  it('and onhand agree on every order, though the relay dies again and again', async () => {
    let deaths = 0;
    const shop = await openShop(dyingLinks(onhand.settings, () => deaths++));
    const { malformed } = await day(shop.url);
    expect(malformed).to.equal(0);
    const { counts, repeats } = await expectAudit();
    expect(deaths, 'deaths of the relay').to.be.above(2);
    expect(repeats, 'events that were sent again').to.be.above(2);
    // Everything that can happen to an order has happened.
    expect([...counts.keys()]).to.include.members([
      'OrderStockReserved',
      'OrderStockRejected LINES_REFUSED',
      'OrderStockConfirmed',
      'OrderStockReleased',
      'OrderStockExpired',
      'OrderStockReturned',
      'OrderRefundRequired PAYMENT_OVERDUE',
      'OrderRefundRequired ORDER_REJECTED',
    ]);
  });

  it('works as two processes on one database, of which one ends at noon', async () => {
    const [first, second] = [await openShop(), await openShop()];
    let served = 0;
    let ending: Promise<void> | undefined;
    await day(first.url, () => {
      if (++served !== 150) return;
      shops.pop();
      ending = second.stop();
    });
    await ending;
    expect(ending, 'the second shop ended').to.not.be.undefined;
    await expectAudit();
  });

  it('takes an order once, however often it is asked', async () => {
    const shop = await openShop();
    const order = {
      orderId: 'o-1',
      customer: 'Ann',
      mode: 'all' as const,
      ttlSeconds: null,
      lines: [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ],
    };
    const answers = [];
    for (let i = 0; i < 3; i++) {
      const { status } = await fetch(`${shop.url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order),
      });
      answers.push(status);
    }
    expect(answers).to.deep.equal([202, 200, 200]);
    const goods = { orderId: 'nobody', returnId: 'C1', lines: order.lines };
    const client = new ShopClient(shop.url);
    await client.giveBack(goods);
    await client.order({ ...order, orderId: 'with space' });
    expect(client).to.include({ accepted: 0, malformed: 2 });
  });
});

/** Links that break after Kafka has the events, before the shop knows: as if killed in between. */
function dyingLinks(settings: Settings, died: () => void): () => Promise<EventLink> {
  let sends = 0;
  return async () => {
    const link = await openEventLink(settings, silentLogger);
    return {
      ...link,
      send: async (events) => {
        await link.send(events);
        if (++sends % failEvery !== 0) return;
        died();
        throw new Error('killed after sending');
      },
    };
  };
}
