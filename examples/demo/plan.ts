import type { AskingCommand } from '../../src/domain/commands.ts';
import { fateOf } from './fate.ts';
import type { Invoice } from './invoice.ts';
import { isNoGoods } from './noGoods.ts';

/** What the input held, line by line: nothing is dropped without being counted here. */
export interface InputReport {
  invoices: number;
  lines: number;
  noGoods: number;
  reserved: number;
  /** Lines of a SKU that its order had named before; their units are added up. */
  merged: number;
  returns: number;
  returnsWithoutSale: number;
  writeOffs: number;
  zero: number;
}

/** A return that waits for its sale: units of an order's SKU. */
export interface PlannedReturn {
  orderId: string;
  sku: string;
  quantity: number;
}

/**
 * Turns invoices into commands: a reserve per order and SKU, a return per line of a cancellation
 * that finds its sale, an adjustment for what was written off.
 */
export class InvoicePlan {
  readonly report: InputReport = {
    invoices: 0,
    lines: 0,
    noGoods: 0,
    reserved: 0,
    merged: 0,
    returns: 0,
    returnsWithoutSale: 0,
    writeOffs: 0,
    zero: 0,
  };
  readonly #unpaidLifeSeconds: number;
  /** Last sale and its units by customer and SKU. */
  readonly #sales = new Map<string, { orderId: string; left: number }>();

  constructor(unpaidLifeSeconds: number) {
    this.#unpaidLifeSeconds = unpaidLifeSeconds;
  }

  take(invoice: Invoice): { commands: AskingCommand[]; returns: PlannedReturn[] } {
    this.report.invoices++;
    const reserves = new Map<string, number>();
    const commands: AskingCommand[] = [];
    const returns: PlannedReturn[] = [];
    for (const [index, { sku, quantity }] of invoice.lines.entries()) {
      this.report.lines++;
      if (isNoGoods(sku)) this.report.noGoods++;
      else if (quantity === 0) this.report.zero++;
      else if (quantity > 0) {
        if (reserves.has(sku)) this.report.merged++;
        else this.report.reserved++;
        reserves.set(sku, (reserves.get(sku) ?? 0) + quantity);
      } else if (invoice.id.startsWith('C')) {
        const found = this.#saleOf(invoice.customer, sku, -quantity);
        if (found) returns.push({ ...found, sku, quantity: -quantity });
        this.report[found ? 'returns' : 'returnsWithoutSale']++;
      } else {
        const head = { commandId: `${invoice.id}-${index}-write-off`, sku, location: 'main' };
        commands.push({ kind: 'AdjustStock', ...head, delta: quantity, reason: 'written off' });
        this.report.writeOffs++;
      }
    }
    for (const [sku, quantity] of reserves) {
      const commandId = `${invoice.id}-${commands.length}-reserve`;
      commands.push(this.#reserve(commandId, invoice.id, sku, quantity));
      this.#sales.set(`${invoice.customer}\n${sku}`, { orderId: invoice.id, left: quantity });
    }
    return { commands, returns };
  }

  #saleOf(customer: string, sku: string, quantity: number): { orderId: string } | undefined {
    const sale = this.#sales.get(`${customer}\n${sku}`);
    if (!sale || sale.left < quantity) return undefined;
    sale.left -= quantity;
    return { orderId: sale.orderId };
  }

  #reserve(commandId: string, orderId: string, sku: string, quantity: number): AskingCommand {
    const fate = fateOf(orderId);
    const unpaid = fate === 'never pays' || fate === 'pays late';
    return {
      kind: 'ReserveStock',
      commandId,
      sku,
      location: 'main',
      orderId,
      quantity,
      minimum: null,
      expiresAt: null,
      ttlSeconds: unpaid ? this.#unpaidLifeSeconds : null,
    };
  }
}
