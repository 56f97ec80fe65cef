import { invariant } from '../../src/ops/errors.ts';
import type { Invoice } from './invoice.ts';
import { ordersShape as shape } from './ordersShape.ts';
import { seededRandom } from './seededRandom.ts';
import { skuNames } from './skuNames.ts';
import { valueAt } from './valueAt.ts';

type Random = () => number;

const day = '2024-03-05';
const firstNumber = 700_001;
/** So many recent sales can still come back; keeps memory constant for any number of invoices. */
const returnableMax = 200;

/**
 * One day of made-up orders with the measured shape of real ones (`ordersShape`), in order of time.
 * The same arguments give the same invoices.
 *
 * @param invoices how many, 0 or more
 * @param skus how many SKUs there are, 1 to 50,000; a sale has no more lines than that
 *
 * A return is an invoice of its own: id with `C` in front, negative quantities. Each of its lines
 * is another line, or a part of it, of one earlier sale to the same customer, so a SKU never comes
 * back in larger quantity than that sale had. A sale comes back once at most.
 */
export function* generateInvoices({
  seed,
  invoices,
  skus,
}: {
  seed: number;
  invoices: number;
  skus: number;
}): Generator<Invoice> {
  invariant(Number.isSafeInteger(invoices) && invoices >= 0, `${invoices} invoices`);
  const random = seededRandom(seed);
  const names = skuNames(skus, random);
  const returnable: Invoice[] = [];
  let shareOfDay = 0;
  for (let i = 0; i < invoices; i++) {
    shareOfDay = nextSmallest(shareOfDay, invoices - i, random);
    const id = String(firstNumber + i);
    const time = timeAt(shareOfDay);
    if (returnable.length > 0 && random() < shape.returnShare) {
      const [sale] = returnable.splice(indexBelow(returnable.length, random), 1);
      if (sale) yield returnOf(sale, `C${id}`, time, random);
    } else {
      const sale = { id, time, customer: customerOf(random), lines: saleLines(names, random) };
      if (returnable.length < returnableMax) returnable.push(sale);
      else returnable[indexBelow(returnableMax, random)] = sale;
      yield sale;
    }
  }
}

/** The smallest of `left` numbers drawn from (floor, 1): draws in ascending order, unsorted. */
function nextSmallest(floor: number, left: number, random: Random): number {
  return 1 - (1 - floor) * (1 - random()) ** (1 / left);
}

function timeAt(shareOfDay: number): string {
  const minutes = Math.floor(valueAt(shape.hour, shareOfDay) * 60);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  return `${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}Z`;
}

/** Five digits. Strides through the numbers, so that a low one is not a frequent customer. */
function customerOf(random: Random): string {
  if (random() < shape.noCustomerShare) return '';
  const rank = Math.floor(valueAt(shape.customerRank, random()));
  return String(12_346 + ((rank * 1597) % 5942));
}

function saleLines(names: string[], random: Random): Invoice['lines'] {
  const count = Math.min(Math.ceil(valueAt(shape.saleLines, random())), names.length);
  const lines: Invoice['lines'] = [];
  const taken = new Set<string>();
  while (lines.length < count) {
    const repeated = random() < shape.repeatedLineShare && lines[indexBelow(lines.length, random)];
    const sku = repeated ? repeated.sku : newSku(names, taken, random);
    taken.add(sku);
    lines.push({ sku, quantity: quantityOf(random) });
  }
  return lines;
}

/** Gives up after a few tries: an invoice over most of a small catalogue repeats its SKUs. */
function newSku(names: string[], taken: Set<string>, random: Random): string {
  const [, ranks] = shape.skuRank.at(-1) ?? [1, 1];
  let sku = '';
  for (let attempt = 0; attempt < 8 && (sku === '' || taken.has(sku)); attempt++) {
    const place = valueAt(shape.skuRank, random()) / ranks;
    sku = names[Math.floor(place * names.length)] ?? '';
  }
  return sku;
}

function quantityOf(random: Random): number {
  const share = random();
  let sum = 0;
  for (const [units, shareOfPack] of shape.packs) {
    sum += shareOfPack;
    if (share < sum) return units;
  }
  return Math.ceil(valueAt(shape.largeQuantity, share));
}

function returnOf(sale: Invoice, id: string, time: string, random: Random): Invoice {
  const count = Math.ceil(valueAt(shape.returnLines, random()));
  const left = [...sale.lines];
  const lines: Invoice['lines'] = [];
  while (lines.length < count) {
    const [sold] = left.splice(indexBelow(left.length, random), 1);
    if (!sold) break;
    lines.push({ sku: sold.sku, quantity: -Math.min(sold.quantity, quantityOf(random)) });
  }
  return { id, time, customer: sale.customer, lines };
}

function indexBelow(length: number, random: Random): number {
  return Math.floor(random() * length);
}
