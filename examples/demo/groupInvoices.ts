import type { Invoice, InvoiceLine } from './invoice.ts';

/**
 * Puts consecutive lines of one invoice together; time and customer are those of its first line.
 *
 * An id that comes back after another invoice is a further part of an invoice that has already
 * been handed out. No line is dropped and no id is given twice: the parts are invoices of their
 * own, `542806`, `542806-2`, `542806-3`. Holds one invoice and all ids, not the lines.
 */
export async function* groupInvoices(lines: AsyncIterable<InvoiceLine>): AsyncGenerator<Invoice> {
  const idsGiven = new Set<string>();
  let name: string | undefined;
  let open: Invoice | undefined;
  for await (const { invoice, time, customer, sku, quantity } of lines) {
    if (!open || invoice !== name) {
      if (open) yield open;
      name = invoice;
      open = { id: unusedId(invoice, idsGiven), time, customer, lines: [] };
      idsGiven.add(open.id);
    }
    open.lines.push({ sku, quantity });
  }
  if (open) yield open;
}

function unusedId(invoice: string, idsGiven: Set<string>): string {
  if (!idsGiven.has(invoice)) return invoice;
  for (let part = 2; ; part++) {
    const id = `${invoice}-${part}`;
    if (!idsGiven.has(id)) return id;
  }
}
