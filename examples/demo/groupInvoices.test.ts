import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { groupInvoices } from './groupInvoices.ts';
import type { Invoice, InvoiceLine } from './invoice.ts';

const time = '2010-12-01T08:26Z';

function line(invoice: string, sku: string, rest: Partial<InvoiceLine> = {}): InvoiceLine {
  return { invoice, time, sku, quantity: 1, customer: '17850', ...rest };
}

async function group(lines: InvoiceLine[]): Promise<Invoice[]> {
  const invoices: Invoice[] = [];
  for await (const invoice of groupInvoices(Readable.from(lines))) invoices.push(invoice);
  return invoices;
}

describe('groupInvoices', () => {
  it('puts consecutive lines of an invoice together, repeated SKUs and order kept', async () => {
    const later = { time: '2010-12-01T08:27Z' };
    const invoices = await group([
      line('1', 'B', { quantity: 2 }),
      line('1', 'A', later),
      line('1', 'B', later),
      line('C2', 'A', { quantity: -1, customer: '' }),
    ]);
    const first = [
      { sku: 'B', quantity: 2 },
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 1 },
    ];
    expect(invoices).to.deep.equal([
      { id: '1', time, customer: '17850', lines: first },
      { id: 'C2', time, customer: '', lines: [{ sku: 'A', quantity: -1 }] },
    ]);
  });

  it('gives no invoice for no lines', async () => {
    expect(await group([])).to.deep.equal([]);
  });

  it('makes an invoice of its own of an id that comes back, never an id twice', async () => {
    const ids = async (names: string[]) =>
      (await group(names.map((name) => line(name, 'A')))).map(({ id }) => id);
    expect(await ids(['1', '2', '1', '1', '3', '1'])).to.eql(['1', '2', '1-2', '3', '1-3']);
    expect(await ids(['1-2', '1', '3', '1'])).to.eql(['1-2', '1', '3', '1-3']);
    expect(await ids(['1', '3', '1', '1-2'])).to.eql(['1', '3', '1-2', '1-2-2']);
  });

  it('loses and adds no line, whatever the order of the ids', async () => {
    const lines = fc.array(fc.tuple(fc.constantFrom('1', '2', '1-2'), fc.constantFrom('A', 'B')));
    await fc.assert(
      fc.asyncProperty(lines, async (pairs) => {
        const invoices = await group(pairs.map(([invoice, sku]) => line(invoice, sku)));
        const skus = invoices.flatMap((invoice) => invoice.lines.map(({ sku }) => sku));
        expect(skus).to.deep.equal(pairs.map(([, sku]) => sku));
        expect(new Set(invoices.map(({ id }) => id)).size).to.equal(invoices.length);
      }),
    );
  });
});
