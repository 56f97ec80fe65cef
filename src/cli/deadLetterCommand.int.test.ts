import { expect } from 'chai';
import type { Message } from 'kafkajs';
import type { RowDataPacket } from 'mysql2/promise';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { openDatabase } from '../storage/database.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import type { Processor } from './processor.ts';

interface Letter {
  letter: string;
  partition: number;
  offset: number;
  reason: string;
  source: { partition: number; offset: number } | null;
  key: string | null;
  value?: string;
  headers?: Record<string, string>;
  message?: string | { kind: string };
  mark: string | null;
}
import { waitUntil } from '../testing/waitUntil.ts';

const lane = partitionOf('tea', 3);
const foreign = (lane + 1) % 3;
const junk = Buffer.from([0xff, 0, 0xfe]);

describe('onhand dead-letter', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  let processor: Processor;
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
    const misplaced = encodeStockCommand(commandsFor('tea').receive(5));
    const records: Message[] = [
      { key: 'tea', value: '{"quantity": 1}', partition: lane, headers: { hop: junk } },
      { key: junk, value: junk, partition: lane },
      { key: 'tea', value: misplaced, partition: foreign },
    ];
    // One after the other, so that their times tell them apart.
    for (const record of records) {
      await onhand.sendRaw([record]);
      const appended = Date.now();
      await waitUntil('a later millisecond', () => Date.now() > appended);
    }
    const placed = encodeOrderEvent(orderEventsFor('o-1').place({ tea: 1 }));
    const home = partitionOf('o-1', 3);
    await onhand.sendRaw(
      [{ key: 'o-1', value: placed.subarray(0, -1), partition: home }],
      'orderEvents',
    );
    await onhand.settled();
    await processor.stop();
  });
  after(async () => {
    await onhand?.close();
  });

  const cli = (...args: string[]) => runCli(['dead-letter', ...args], settingsEnv(onhand.settings));
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const list = async (...args: string[]) => {
    const { letters } = (await json('list', ...args)) as { letters: Letter[] };
    return letters;
  };
  const expectError = async (code: Parameters<typeof expectOneError>[1], ...args: string[]) => {
    expectOneError(await cli(...args), code, settingsEnv(onhand.settings));
  };
  const audit = async () => {
    const pool = openDatabase(onhand.settings, 'read', 1);
    const [rows] = await pool.query<RowDataPacket[]>(
      'SELECT verb, outcome, detail FROM operations ORDER BY id',
    );
    await pool.end();
    return rows.map((row) => ({ ...row }));
  };

  it('lists what was put aside, where it was, and why', async () => {
    const letters = await list();
    expect(letters.map(({ reason }) => reason)).to.deep.equal([
      'NOT_SINGLE_OBJECT_ENCODED',
      'NOT_SINGLE_OBJECT_ENCODED',
      'WRONG_PARTITION',
      'BROKEN_BODY',
    ]);
    expect(letters[0]?.source).to.include({ partition: lane, offset: 0 });
    expect(await list('--reason', 'BROKEN_BODY', '--engine', 'stock')).to.deep.equal([]);
    expect(await list('--engine', 'order')).to.have.length(1);
    const { stdout } = await cli('list', '--limit', '2');
    expect(stdout).to.match(/order:\d:0 │ 20\S+Z │ \d\/0 │ BROKEN_BODY +│ o-1 /);
    expect(stdout).to.include('the last 2 of 4').and.not.include('NOT_SINGLE');
  });

  it('shows one, as far as it can be read', async () => {
    const [text, bytes, misplaced] = await list();
    const { stdout } = await cli('show', text!.letter);
    expect(stdout)
      .to.match(/^key +tea$/m)
      .and.match(/^header hop +0xff00fe$/m);
    expect(stdout).to.match(/^says +NOT_SINGLE_OBJECT_ENCODED: the value begins neither/m);
    expect(stdout).to.include('7b 22 71 75').and.include('{"quantity": 1}');
    const told = (await json('show', bytes!.letter)) as Letter;
    expect(told).to.include({ key: junk.toString('base64'), value: junk.toString('base64') });
    const readable = (await json('show', misplaced!.letter)) as Letter;
    expect(readable.message).to.include({ kind: 'ReceiveStock', sku: 'tea', quantity: 5 });
  });

  it('resends nothing without --yes', async () => {
    const { code, stdout } = await cli('resend', '--all');
    expect(code).to.equal(0);
    expect(stdout).to.include('4 dead letters would be resent: --yes does it');
    expect(await onhand.read('stockCommands')).to.have.length(3);
    expect(await list()).to.have.length(4);
    expect(await audit()).to.deep.equal([]);
  });

  it('resends the same key and bytes to where they were received', async () => {
    const [text] = await list();
    await json('resend', text!.letter, '--yes');
    const last = (await onhand.read('stockCommands'))
      .filter((one) => one.partition === lane)
      .at(-1);
    expect(last).to.deep.include({
      key: Buffer.from('tea'),
      value: Buffer.from('{"quantity": 1}'),
    });
    const { name } = onhand.topics.stockDeadLetter;
    expect(last?.headers).to.deep.equal({
      hop: junk,
      'onhand-resent': Buffer.from(`${name}:${lane}:${text!.offset}`),
    });
    expect(await list()).to.have.length(3);
    const [settled] = await list('--settled');
    expect(settled).to.include({ letter: text!.letter, mark: 'resent' });
    await expectError('DEAD_LETTER_SETTLED', 'resend', text!.letter, '--yes');
    const detail = '1 dead letters resent';
    expect(await audit()).to.deep.equal([{ verb: 'dead-letter resend', outcome: 'done', detail }]);
  });

  it('resends what was in the wrong partition to its own, and then it is taken', async () => {
    await json('resend', '--reason', 'WRONG_PARTITION', '--yes');
    processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
    const received = (await onhand.events()).map(({ sku, onHandAfter }) => ({ sku, onHandAfter }));
    expect(received).to.deep.equal([{ sku: 'tea', onHandAfter: 5 }]);
    // The text was resent before, and has become a dead letter again.
    const again = (await list()).filter(({ headers }) => headers === undefined);
    expect(again.map(({ reason }) => reason)).to.deep.equal([
      'NOT_SINGLE_OBJECT_ENCODED',
      'BROKEN_BODY',
      'NOT_SINGLE_OBJECT_ENCODED',
    ]);
  });

  it('discards by marking: nothing is deleted', async () => {
    const before = await onhand.read('stockDeadLetter');
    expect((await cli('discard', '--engine', 'stock')).stdout).to.include('2 dead letters would');
    expect(await json('discard', '--engine', 'stock', '--yes')).to.include({ letters: 2 });
    expect(await list()).to.have.length(1);
    expect(await list('--settled')).to.have.length(5);
    expect(await onhand.read('stockDeadLetter')).to.have.deep.members(before);
    const { stdout } = await cli('discard', '--engine', 'stock', '--yes');
    expect(stdout).to.include('no such dead letters');
  });

  it('resends nothing when one of the chosen cannot be resent', async () => {
    await onhand.sendRaw([{ key: 'x', value: 'y', partition: 0 }], 'stockDeadLetter');
    const sent = (await onhand.read('orderEvents')).length;
    await expectError('DEAD_LETTER_FOREIGN', 'resend', '--all', '--yes');
    expect(await onhand.read('orderEvents')).to.have.length(sent);
    const [stranger] = await list('--engine', 'stock');
    expect(stranger).to.include({ source: null, reason: '' });
    await json('discard', stranger!.letter, '--yes');
  });

  it('refuses what is not there, and to do two things at once', async () => {
    await expectError('DEAD_LETTER_UNKNOWN', 'show', 'stock:0:99');
    await expectError('DEAD_LETTER_UNKNOWN', 'show', 'tea');
    await expectError('PARTITION_UNKNOWN', 'show', 'stock:7:0');
    await expectError('DEAD_LETTER_UNKNOWN', 'discard', 'order:0:99', '--yes');
    const { code, stderr } = await cli('discard', '--yes');
    expect(code).to.equal(1);
    expect(stderr).to.include('name letters, or choose them with an option, or take --all');
  });
});
