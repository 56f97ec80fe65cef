import type { AskingCommand } from '../../src/domain/commands.ts';
import { fateOf, missesDeadline } from '../shop/customerFate.ts';
import {
  type Basket,
  type BasketLine,
  type ReturnedGoods,
  mergedLines,
} from '../shop/shopOrder.ts';
import type { Invoice } from './invoice.ts';
import { isNoGoods } from './noGoods.ts';

/** From so many lines on a customer takes what is there: who fills a shop does not want nothing. */
const partialFrom = 30;

/** What the input held, line by line: nothing is dropped without being counted here. */
export interface InputReport {
  invoices: number;
  lines: number;
  noGoods: number;
  ordered: number;
  /** Lines of a SKU that its order had named before; their units are added up. */
  merged: number;
  returns: number;
  returnsWithoutSale: number;
  writeOffs: number;
  zero: number;
}

/** What an invoice makes people do: in the shop, and in the warehouse. */
export interface PlannedDeeds {
  order: Basket | null;
  returns: ReturnedGoods[];
  writeOffs: AskingCommand[];
}

/**
 * Turns invoices into what people do: an order of all goods that an invoice sells, a return for
 * each earlier order of which it takes goods back, an adjustment for what was written off.
 */
export class InvoicePlan {
  readonly report: InputReport = {
    invoices: 0,
    lines: 0,
    noGoods: 0,
    ordered: 0,
    merged: 0,
    returns: 0,
    returnsWithoutSale: 0,
    writeOffs: 0,
    zero: 0,
  };
  readonly #seed: number;
  readonly #unpaidLifeSeconds: number;
  /** Last sale and its units by customer and SKU. */
  readonly #sales = new Map<string, { orderId: string; left: number }>();

  /** Orders that nobody will pay in time have `unpaidLifeSeconds`, all others the default. */
  constructor(seed: number, unpaidLifeSeconds: number) {
    this.#seed = seed;
    this.#unpaidLifeSeconds = unpaidLifeSeconds;
  }

  take(invoice: Invoice): PlannedDeeds {
    this.report.invoices++;
    const sold: BasketLine[] = [];
    const returns = new Map<string, BasketLine[]>();
    const writeOffs: AskingCommand[] = [];
    for (const [index, { sku, quantity }] of invoice.lines.entries()) {
      this.report.lines++;
      if (isNoGoods(sku)) this.report.noGoods++;
      else if (quantity === 0) this.report.zero++;
      else if (quantity > 0) sold.push({ sku, quantity });
      else if (invoice.id.startsWith('C')) {
        const orderId = this.#saleOf(invoice.customer, sku, -quantity);
        this.report[orderId === undefined ? 'returnsWithoutSale' : 'returns']++;
        if (orderId === undefined) continue;
        returns.set(orderId, [...(returns.get(orderId) ?? []), { sku, quantity: -quantity }]);
      } else {
        const head = { commandId: `${invoice.id}-${index}-write-off`, sku, location: 'main' };
        writeOffs.push({ kind: 'AdjustStock', ...head, delta: quantity, reason: 'written off' });
        this.report.writeOffs++;
      }
    }
    return {
      order: sold.length > 0 ? this.#basket(invoice, sold) : null,
      returns: [...returns].map(([orderId, lines]) => ({ orderId, returnId: invoice.id, lines })),
      writeOffs,
    };
  }

  #basket({ id: orderId, customer }: Invoice, sold: BasketLine[]): Basket {
    const lines = mergedLines(sold);
    this.report.ordered += lines.length;
    this.report.merged += sold.length - lines.length;
    for (const { sku, quantity } of lines) {
      this.#sales.set(`${customer}\n${sku}`, { orderId, left: quantity });
    }
    return {
      orderId,
      customer,
      mode: lines.length >= partialFrom ? 'partial' : 'all',
      ttlSeconds: ttlOf(this.#seed, orderId, this.#unpaidLifeSeconds),
      lines,
    };
  }

  #saleOf(customer: string, sku: string, quantity: number): string | undefined {
    const sale = this.#sales.get(`${customer}\n${sku}`);
    if (!sale || sale.left < quantity) return undefined;
    sale.left -= quantity;
    return sale.orderId;
  }
}

/**
 * Who will not pay in time gets a few seconds, so that one sees it; all others the default, so that
 * a processor that is killed meanwhile does not cost them their order.
 */
export function ttlOf(seed: number, orderId: string, unpaidLifeSeconds: number): number | null {
  return missesDeadline(fateOf(seed, orderId)) ? unpaidLifeSeconds : null;
}
