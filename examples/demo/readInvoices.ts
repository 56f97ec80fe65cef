import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { OperationalError, messageOf } from '../../src/ops/errors.ts';
import type { InvoiceLine } from './invoice.ts';

const columns = ['invoice', 'time', 'sku', 'quantity', 'customer'];
const formatHint = `An orders file has the columns ${columns.join(',')}, one row per line.`;
const timeShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** A quote that is never closed would otherwise collect the rest of the file in memory. */
const rowBytesMax = 65_536;

/**
 * The rows of an orders file (`.csv`, or gzipped with a name that ends in `.gz`), one at a time, in
 * constant memory. Blank lines are skipped, both line endings are read. Throws ORDERS_FILE_MISSING
 * when the file cannot be opened or read, and ORDERS_FILE_INVALID, with file and line, when the
 * header or a row is not of the format; the rows before it have been handed out by then.
 */
export async function* readInvoices(file: string): AsyncGenerator<InvoiceLine> {
  let linesParsed = 0;
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: rowBytesMax,
    on_record: (row: string[], { lines }) => {
      // The parser counts CRLF inside quotes as two lines; no sensible orders file has one there.
      linesParsed = lines;
      if (row.length === 1 && row[0] === '') return null;
      row.push(String(lines));
      return row;
    },
  });
  const source = createReadStream(file);
  // The callback is required, but an error of any part also ends the loop below.
  const ended = () => undefined;
  if (file.endsWith('.gz')) pipeline(source, createGunzip(), parser, ended);
  else pipeline(source, parser, ended);

  let headerSeen = false;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      const place = `${file} line ${row.pop() ?? ''}`;
      if (headerSeen) yield toInvoiceLine(row, place);
      else checkHeader(row, place);
      headerSeen = true;
    }
  } catch (error) {
    throw explained(error, file, linesParsed + 1);
  }
  if (!headerSeen) throw invalid(`${file} line 1: the header is missing, the file is empty`);
}

function checkHeader(row: string[], place: string): void {
  if (row.join() === columns.join()) return;
  throw invalid(`${place}: the header is ${shown(row.join())} instead of ${columns.join(',')}`);
}

function toInvoiceLine(row: string[], place: string): InvoiceLine {
  if (row.length !== columns.length) {
    throw invalid(`${place}: the number of columns is ${row.length} instead of ${columns.length}`);
  }
  const [invoice, time, sku, quantity, customer] = row as [string, string, string, string, string];
  if (invoice.trim() === '') throw invalid(`${place}: the invoice is empty`);
  if (sku.trim() === '') throw invalid(`${place}: the sku is empty`);
  if (!timeShape.test(time) || Number.isNaN(Date.parse(time))) {
    throw invalid(`${place}: the time ${shown(time)} is not like 2010-12-01T08:26Z`);
  }
  const units = Number(quantity);
  if (!/^[+-]?\d+$/.test(quantity) || !Number.isSafeInteger(units)) {
    throw invalid(`${place}: the quantity ${shown(quantity)} is not a whole number`);
  }
  return { invoice, time, sku, quantity: units, customer };
}

/** What the file system, gzip and the CSV parser throw, in words that name the file. */
function explained(error: unknown, file: string, line: number): unknown {
  if (error instanceof OperationalError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('CSV_') || code === 'INVALID_OPENING_QUOTE') {
    return invalid(`${file} line ${line}: ${error.message.slice(0, 200)}`, error);
  }
  if (code.startsWith('Z_')) {
    return invalid(`${file} after line ${line - 1}: not a complete gzip file`, error);
  }
  if ('syscall' in error) {
    const message = `the orders file cannot be read: ${messageOf(error)}`;
    const hint = 'Check the path, and that this user may read it.';
    return new OperationalError('ORDERS_FILE_MISSING', message, { hint, cause: error });
  }
  return error;
}

function invalid(message: string, cause?: unknown): OperationalError {
  return new OperationalError('ORDERS_FILE_INVALID', message, { hint: formatHint, cause });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
