/** One row of an orders file. A negative quantity is a cancellation, a return or a write-off. */
export interface InvoiceLine {
  invoice: string;
  /** ISO 8601 with a time zone, as the file spells it: `2010-12-01T08:26Z`. */
  time: string;
  sku: string;
  /** Whole units, negative for goods that come back. */
  quantity: number;
  /** Empty when the file names none. */
  customer: string;
}

/** The lines of one invoice, in file order. The same SKU can stand in several lines. */
export interface Invoice {
  id: string;
  /** Time of its first line; a long invoice may go on into the next minute. */
  time: string;
  customer: string;
  lines: { sku: string; quantity: number }[];
}
