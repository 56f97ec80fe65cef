import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { OperationalError } from '../../src/ops/errors.ts';
import type { InvoiceLine } from './invoice.ts';
import { readInvoices } from './readInvoices.ts';

const header = 'invoice,time,sku,quantity,customer';
const row = '536365,2010-12-01T08:26Z,85123A,6,17850';
const line: InvoiceLine = {
  invoice: '536365',
  time: '2010-12-01T08:26Z',
  sku: '85123A',
  quantity: 6,
  customer: '17850',
};

describe('readInvoices', () => {
  let folder = '';
  let filesMade = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onhand-orders-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function fileOf(content: string | Buffer, ending = 'csv'): Promise<string> {
    const file = join(folder, `${++filesMade}.${ending}`);
    await writeFile(file, content);
    return file;
  }

  /** All rows up to the end or the error. */
  async function readAll(file: string) {
    const lines: InvoiceLine[] = [];
    try {
      for await (const each of readInvoices(file)) lines.push(each);
    } catch (error) {
      expect(error).to.be.instanceOf(OperationalError);
      const { code, message } = error as OperationalError;
      expect(message).to.contain(file);
      return { lines, code, problem: message.replace(file, 'FILE') };
    }
    return { lines };
  }

  it('reads rows, a missing customer as empty text', async () => {
    const file = await fileOf(`${header}\n${row}\nC536379,2010-12-01T09:41Z,D,-1,\n`);
    const returned = { invoice: 'C536379', time: '2010-12-01T09:41Z', sku: 'D' };
    expect(await readAll(file)).to.deep.equal({
      lines: [line, { ...returned, quantity: -1, customer: '' }],
    });
  });

  it('reads a gzipped file, also one of several members', async () => {
    const members = [gzipSync(`${header}\n`), gzipSync(`${row}\n${row}`)];
    const file = await fileOf(Buffer.concat(members), 'csv.gz');
    expect(await readAll(file)).to.deep.equal({ lines: [line, line] });
  });

  it('reads CRLF, mixed line endings, a byte order mark and blank lines', async () => {
    const file = await fileOf(`\ufeff${header}\r\n${row}\r\n\r\n${row}\n\n${row}`);
    expect(await readAll(file)).to.deep.equal({ lines: [line, line, line] });
  });

  it('reads a header alone as no rows', async () => {
    expect(await readAll(await fileOf(header))).to.deep.equal({ lines: [] });
  });

  it('gives back every SKU and customer that is written in quotes', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const sku = text.filter((value) => value.trim() !== '');
    const rows = fc.array(fc.record({ sku, customer: text, quantity: fc.maxSafeInteger() }));
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        const written = values.map(({ sku, quantity, customer }) => {
          return `1,2010-12-01T08:26Z,${quoted(sku)},${quantity},${quoted(customer)}\n`;
        });
        const { lines, code } = await readAll(await fileOf(`${header}\n${written.join('')}`));
        expect(code).to.equal(undefined);
        expect(lines.map(({ sku, quantity, customer }) => ({ sku, customer, quantity }))).to.eql(
          values,
        );
      }),
      { numRuns: 50 },
    );
  });

  const badRows = [
    ['536365,2010-12-01T08:26Z,85123A,6', 'the number of columns is 4 instead of 5'],
    [`${row},extra`, 'the number of columns is 6 instead of 5'],
    ['x', 'the number of columns is 1 instead of 5'],
    [',2010-12-01T08:26Z,85123A,6,17850', 'the invoice is empty'],
    ['536365,2010-12-01T08:26Z, ,6,17850', 'the sku is empty'],
    ['536365,1/12/2010 8:26,85123A,6,1', 'the time "1/12/2010 8:26" is not like 2010-12-01T08:26Z'],
    ['1,2010-13-01T08:26Z,A,6,1', 'the time "2010-13-01T08:26Z" is not like 2010-12-01T08:26Z'],
    ['536365,2010-12-01T08:26Z,85123A,6.5,17850', 'the quantity "6.5" is not a whole number'],
    ['536365,2010-12-01T08:26Z,85123A,,17850', 'the quantity "" is not a whole number'],
    ['536365,2010-12-01T08:26Z,85123A,1e3,17850', 'the quantity "1e3" is not a whole number'],
    [
      '1,2010-12-01T08:26Z,A,9007199254740992,',
      'the quantity "9007199254740992" is not a whole number',
    ],
  ] as const;
  for (const [bad, problem] of badRows) {
    it(`names file, line and problem: ${problem}`, async () => {
      const { lines, ...error } = await readAll(
        await fileOf(`${header}\n${row}\n\n${bad}\n${row}`),
      );
      expect(error).to.deep.equal({
        code: 'ORDERS_FILE_INVALID',
        problem: `FILE line 4: ${problem}`,
      });
      expect(lines).to.deep.equal([line]);
    });
  }

  it('counts lines through a quoted line break', async () => {
    const file = await fileOf(`${header}\n1,2010-12-01T08:26Z,"A\nB",1,\nbad`);
    expect((await readAll(file)).problem).to.equal(
      'FILE line 4: the number of columns is 1 instead of 5',
    );
  });

  it('names the line of a stray or an unclosed quote', async () => {
    const stray = await readAll(await fileOf(`${header}\n${row}\n1,x"y",A,1,\n`));
    expect(stray.code).to.equal('ORDERS_FILE_INVALID');
    expect(stray.problem).to.match(/^FILE line 3: .*[Qq]uote/);
    const rest = `${row}\n`.repeat(5000);
    const unclosed = await readAll(await fileOf(`${header}\n${row}\n1,"x,A,1,\n${rest}`));
    expect(unclosed.code).to.equal('ORDERS_FILE_INVALID');
    expect(unclosed.problem).to.match(/^FILE line 3: .*65536/);
  });

  it('shortens a long value in the message', async () => {
    const { problem } = await readAll(await fileOf(`${header}\n1,${'x'.repeat(5000)},A,1,\n`));
    expect(problem).to.have.length.below(150);
  });

  it('refuses a file without the header', async () => {
    const { code, problem } = await readAll(await fileOf(`${row}\n${row}`));
    expect(code).to.equal('ORDERS_FILE_INVALID');
    expect(problem).to.equal(`FILE line 1: the header is "${row}" instead of ${header}`);
    const empty = await readAll(await fileOf(''));
    expect(empty.code).to.equal('ORDERS_FILE_INVALID');
    expect(empty.problem).to.equal('FILE line 1: the header is missing, the file is empty');
  });

  it('refuses a .gz file that is not gzip or is cut off', async () => {
    const notGzip = await readAll(await fileOf(`${header}\n${row}\n`, 'gz'));
    expect(notGzip.code).to.equal('ORDERS_FILE_INVALID');
    expect(notGzip.problem).to.match(/not a complete gzip file$/);
    const whole = gzipSync(`${header}\n${row}\n`);
    const cut = await readAll(await fileOf(whole.subarray(0, whole.length - 8), 'gz'));
    expect(cut.code).to.equal('ORDERS_FILE_INVALID');
    expect(cut.problem).to.match(/not a complete gzip file$/);
  });

  it('says when the file is not there or is a folder', async () => {
    const gone = await readAll(join(folder, 'gone.csv'));
    expect(gone.code).to.equal('ORDERS_FILE_MISSING');
    expect(gone.problem).to.match(/^the orders file cannot be read: ENOENT/);
    expect((await readAll(join(folder, 'gone.csv.gz'))).code).to.equal('ORDERS_FILE_MISSING');
    const readFolder = readInvoices(folder).next();
    const error: unknown = await readFolder.catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ORDERS_FILE_MISSING' });
  });

  it('can be left early', async () => {
    const file = await fileOf(gzipSync(`${header}\n${`${row}\n`.repeat(20_000)}bad`), 'gz');
    for await (const first of readInvoices(file)) {
      expect(first).to.deep.equal(line);
      break;
    }
  });
});
