import { expect } from 'chai';
import { InvariantError } from '../../src/ops/errors.ts';
import { generateInvoices } from './generateInvoices.ts';
import type { Invoice } from './invoice.ts';
import { isNoGoods } from './noGoods.ts';
import { ordersShape } from './ordersShape.ts';

/** The value that a share of all values lie below. */
function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}

function share<T>(values: T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length / values.length;
}

const isReturn = ({ id }: Invoice) => id.startsWith('C');

describe('ordersShape', () => {
  it('shares the quantities out between packs and large ones, each curve ascending to 1', () => {
    const ofPacks = ordersShape.packs.reduce((sum, [, each]) => sum + each, 0);
    expect(ofPacks).to.be.closeTo(ordersShape.largeQuantity[0]?.[0] ?? NaN, 1e-9);
    const { saleLines, returnLines, skuRank, customerRank, largeQuantity, hour } = ordersShape;
    for (const curve of [saleLines, returnLines, skuRank, customerRank, largeQuantity, hour]) {
      expect(curve.at(-1)?.[0]).to.equal(1);
      for (const [i, [shareHere, value]] of curve.slice(1).entries()) {
        expect(shareHere).to.be.above(curve[i]![0]);
        expect(value).to.be.at.least(curve[i]![1]);
      }
    }
  });
});

describe('generateInvoices', () => {
  const small = { seed: 5, invoices: 300, skus: 200 };

  it('gives the same invoices for the same arguments, others for another seed', () => {
    const invoices = [...generateInvoices(small)];
    expect([...generateInvoices(small)]).to.deep.equal(invoices);
    expect([...generateInvoices({ ...small, seed: 6 })]).to.not.deep.equal(invoices);
  });

  it('keeps giving the invoices that this version gave', () => {
    const [first] = generateInvoices({ seed: 1, invoices: 1, skus: 10 });
    expect(first).to.deep.equal({
      id: '700001',
      time: '2024-03-05T17:47Z',
      customer: '12746',
      lines: [
        { sku: '70903D', quantity: 1 },
        { sku: '70903d', quantity: 4 },
        { sku: 'gift_0001_20', quantity: 1 },
      ],
    });
  });

  it('works with one SKU, and gives none when none are asked for', () => {
    expect([...generateInvoices({ ...small, invoices: 0 })]).to.deep.equal([]);
    const invoices = [...generateInvoices({ ...small, skus: 1 })];
    expect(invoices).to.have.length(small.invoices);
    for (const { lines } of invoices) expect(lines).to.have.length(1);
  });

  it('refuses a count that is none', () => {
    for (const invoices of [-1, 0.5, NaN]) {
      expect(() => generateInvoices({ ...small, invoices }).next()).to.throw(InvariantError);
    }
  });

  for (const seed of [1, 2, 3]) {
    describe(`with seed ${seed}, 5,000 invoices of 3,514 SKUs`, () => {
      const invoices = [...generateInvoices({ seed, invoices: 5000, skus: 3514 })];
      const sales = invoices.filter((invoice) => !isReturn(invoice));
      const returns = invoices.filter(isReturn);
      const sold = sales.flatMap(({ lines }) => lines);

      it('gives that many, ids distinct, in order of time, in one day with two peaks', () => {
        expect(new Set(invoices.map(({ id }) => id)).size).to.equal(5000);
        const times = invoices.map(({ time }) => time);
        expect([...times].sort()).to.deep.equal(times);
        for (const time of times) expect(time).to.match(/^2024-03-05T(0[89]|1[0-8]):[0-5]\dZ$/);
        const inHour = (hour: number) => share(times, (time) => +time.slice(11, 13) === hour);
        expect(inHour(13)).to.be.within(0.12, 0.17).and.above(inHour(11));
        expect(inHour(14)).to.be.below(inHour(13)).and.below(inHour(15));
        expect(inHour(15)).to.be.within(0.13, 0.18).and.above(inHour(16));
      });

      it('has invoices as long as real ones', () => {
        const lengths = invoices.map(({ lines }) => lines.length);
        expect(quantile(lengths, 0.5)).to.be.within(8, 13);
        expect(share(lengths, (length) => length === 1)).to.be.within(0.16, 0.25);
        expect(quantile(lengths, 0.9)).to.be.within(40, 56);
        expect(quantile(lengths, 0.99)).to.be.within(130, 300);
        expect(Math.max(...lengths)).to.be.within(400, 675);
      });

      it('has most lines on few SKUs', () => {
        const linesOf = new Map<string, number>();
        for (const { sku } of sold) linesOf.set(sku, (linesOf.get(sku) ?? 0) + 1);
        const counts = [...linesOf.values()].sort((a, b) => b - a);
        const top = (skus: number) =>
          counts.slice(0, skus).reduce((sum, count) => sum + count, 0) / sold.length;
        expect(top(10)).to.be.within(0.028, 0.045);
        expect(top(100)).to.be.within(0.17, 0.23);
        expect(top(350)).to.be.within(0.4, 0.48);
        expect(top(1000)).to.be.within(0.72, 0.79);
        expect(linesOf.size).to.be.within(3000, 3514);
      });

      it('has quantities as real ones', () => {
        const quantities = sold.map(({ quantity }) => quantity);
        expect(quantities.every((units) => Number.isInteger(units) && units > 0)).to.be.true;
        expect(quantile(quantities, 0.5)).to.equal(3);
        expect(quantile(quantities, 0.9)).to.be.within(20, 24);
        expect(quantile(quantities, 0.99)).to.be.within(90, 110);
        expect(share(quantities, (units) => units === 12)).to.be.within(0.1, 0.125);
        expect(Math.max(...quantities)).to.be.within(1500, 5000);
      });

      it('repeats a SKU in some invoices, leaves out some customers, sells only goods', () => {
        const repeats = ({ lines }: Invoice) =>
          new Set(lines.map((l) => l.sku)).size < lines.length;
        expect(share(sales, repeats)).to.be.within(0.08, 0.22);
        expect(share(sales, ({ customer }) => customer === '')).to.be.within(0.1, 0.15);
        const named = sales.filter(({ customer }) => customer !== '');
        for (const { customer } of named) expect(customer).to.match(/^1[2-8]\d{3}$/);
        expect(sold.filter(({ sku }) => isNoGoods(sku))).to.deep.equal([]);
      });

      it('has about 2 % of its lines in returns', () => {
        const returned = returns.flatMap(({ lines }) => lines);
        expect(returned.length / (returned.length + sold.length)).to.be.within(0.012, 0.026);
        expect(returned.every(({ quantity }) => quantity < 0)).to.be.true;
        for (const { id } of returns) expect(id).to.match(/^C\d{6}$/);
      });

      it('takes back from a customer no more than earlier sales sold', () => {
        const held = new Map<string, number>();
        const overdrawn: string[] = [];
        for (const { customer, lines } of invoices) {
          for (const { sku, quantity } of lines) {
            const key = `${customer} ${sku}`;
            const units = (held.get(key) ?? 0) + quantity;
            if (units < 0) overdrawn.push(key);
            held.set(key, units);
          }
        }
        expect(overdrawn).to.deep.equal([]);
      });
    });
  }
});
