import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { LaneLag } from '../replay/readLag.ts';
import { runCli } from '../testing/cliChild.ts';
import { cliOf } from '../testing/cliOf.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import type { Processor } from './processor.ts';

const hourMs = 3_600_000;

interface WhyStory {
  known: boolean;
  stockEvents: PublishedStockEvent[];
}

describe('onhand lag, history and reservation', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  const tea = commandsFor('tea');
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
    await onhand.send([
      tea.receive(10),
      tea.reserve('o-1', 4),
      tea.reserve('o-2', 9),
      tea.confirm('o-1', { quantity: 3 }),
      tea.receive(2, { location: 'outlet' }),
      commandsFor('cup').receive(1),
      commandsFor('cup').reserve('o-1', 1),
    ]);
    await onhand.settled();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  const { cli, json, expectError } = cliOf(() => onhand);

  describe('history', () => {
    it('tells what happened to a stock item, as it was published', async () => {
      const { code, stdout } = await cli('history', 'tea', '--json');
      expect(code).to.equal(0);
      const told = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as PublishedStockEvent);
      const published = await onhand.events();
      const own = published.filter(({ sku, location }) => sku === 'tea' && location === 'main');
      expect(told).to.deep.equal(own);
      expect(told.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
    });

    it('shows a line per event: what, whose, before and after', async () => {
      const { stdout } = await cli('history', 'tea');
      expect(stdout).to.match(/ 1 │ 20\S+Z │ \d+ +│ StockReceived 10 +│ c-\d+ +│ +│ 0 → 10 +│ 0 /);
      expect(stdout).to.match(/StockReserved 4 of 4, until .* o-1 +│ 10 +│ 0 → 4 /);
      expect(stdout).to.match(
        /CommandRejected ReserveStock: INSUFFICIENT_STOCK, 3 missing .* o-2 /,
      );
      const { stdout: last } = await cli('history', 'tea', '--limit', '1');
      expect(last).to.include('the last 1 of 4 events').and.not.include('StockReceived');
    });

    it('takes a stretch between two times', async () => {
      const before = new Date(Date.now() - hourMs).toISOString();
      expect((await cli('history', 'tea', '--from', before)).code).to.equal(0);
      await expectError('RANGE_INVALID', 'history', 'tea', '--to', before);
    });

    it('refuses what is not there', async () => {
      await expectError('STOCK_ITEM_UNKNOWN', 'history', 'TEA');
      await expectError('STOCK_ITEM_UNKNOWN', 'history', 'tea', '--location', 'nowhere');
      await expectError('RANGE_BEYOND_LOG', 'history', 'tea', '--to', '1000');
      await expectError('RANGE_INVALID', 'history', 'tea', '--from', '3', '--to', '1');
      await expectError('RANGE_INVALID', 'history', 'tea', '--from', 'yesterday');
      await expectError('RANGE_INVALID', 'history', 'tea', '--from', 'checkpoint');
    });
  });

  describe('reservation', () => {
    it('tells what an order holds, and of one SKU', async () => {
      const all = (await json('reservation', 'o-1')) as { reservations: { sku: string }[] };
      expect(all.reservations.map(({ sku }) => sku)).to.deep.equal(['cup', 'tea']);
      const { stdout } = await cli('reservation', 'o-1', '--sku', 'tea');
      expect(stdout).to.match(/ tea +│ main +│ +4 │ +1 │ +3 │ +0 │ +0 │ +0 │ 20\S+Z │/);
      await expectError('ORDER_UNKNOWN', 'reservation', 'o-2');
    });

    it('lists what is held, and what is past its deadline', async () => {
      const held = async (...args: string[]) => {
        const { open } = (await json('reservation', ...args)) as { open: object[] };
        return open.map((one) => ({ ...one }) as { orderId: string; sku: string });
      };
      expect((await held()).map(({ sku }) => sku)).to.have.members(['tea', 'cup']);
      expect(await held('--sku', 'tea')).to.have.length(1);
      expect((await cli('reservation', '--limit', '1')).stdout).to.include('and more');
      expect(await held('--due')).to.deep.equal([]);
      const hour = 3_600_000;
      const jump = 'UPDATE progress SET log_time = log_time + ?';
      await onhand.pool.query(jump, [hour]);
      expect(await held('--due'), 'by a log time that is ahead').to.have.length(2);
      await onhand.pool.query(jump, [-hour]);
      await processor?.stop();
      processor = undefined;
      await onhand.pool.query(`UPDATE reservations SET expires_at = 1 WHERE sku = 'cup'`);
      expect(await held('--due')).to.have.length(1);
      expect((await cli('reservation', 'o-1')).stdout).to.include(
        '1970-01-01T00:00:00.001Z, passed',
      );
    });
  });

  describe('why', () => {
    it('tells what became of an order that was never sent to the order engine', async () => {
      const { code, stdout } = await cli('why', 'o-2');
      expect(code).to.equal(0);
      expect(stdout).to.match(/^order o-2 is unknown to the order engine/);
      expect(stdout).to.match(/ tea .*CommandRejected ReserveStock: INSUFFICIENT_STOCK, 3 missing/);
      const granted = (await json('why', 'o-1')) as WhyStory;
      expect(granted.stockEvents.map(({ kind, sku }) => `${sku} ${kind}`)).to.deep.equal([
        'tea StockReserved',
        'tea ReservationConfirmed',
        'cup StockReserved',
      ]);
      expect(granted).to.deep.include({ known: true, steps: [], order: null });
    });
  });

  describe('lag', () => {
    const lane = partitionOf('tea', 3);
    const lagOf = async (engine: string) => {
      const { lanes } = JSON.parse((await cli('lag', '--json')).stdout) as { lanes: LaneLag[] };
      return lanes.find((one) => one.engine === engine && one.lane === lane)!;
    };

    it('fails where no processor lives, and says whose owner is gone', async () => {
      processor ??= await onhand.startProcessor();
      await onhand.settled();
      const lively = (await json('lag', '--max', '0', '--max-seconds', '0')) as object;
      expect(lively).to.deep.include({ ok: true, processors: { stock: 1, order: 1 } });
      await processor.stop();
      processor = undefined;
      const { code, stdout } = await cli('lag');
      expect(code).to.equal(1);
      expect(stdout).to.include('no processor runs: nothing of the stock engine is applied');
      expect(stdout).to.match(/ stock +│.*:\d+, gone/);
    });

    it('is nothing when all is applied, and grows with what is not', async () => {
      const settled = await lagOf('stock');
      expect(settled).to.include({ lagRecords: 0, lagSeconds: 0, unpublished: 0 });
      expect(settled.owner).to.match(/:\d+$/);
      await onhand.send([tea.receive(1), tea.receive(1)]);
      const behind = await lagOf('stock');
      expect(behind).to.include({ lagRecords: 2, logEnd: settled.nextOffset + 2 });
      expect(behind.lagSeconds).to.be.within(0, 60).and.not.equal(0);
      expect(await lagOf('order')).to.include({ lagRecords: 0 });
    });

    it('counts outbox rows that are not on Kafka', async () => {
      const [rows] = await onhand.pool.query<RowDataPacket[]>(
        `SELECT outbox_sequence AS last FROM progress WHERE engine = 'stock' AND lane = ?`,
        [lane],
      );
      await onhand.pool.query(
        `UPDATE progress SET outbox_sequence = ? WHERE engine = 'stock' AND lane = ?`,
        [Number(rows[0]?.last) + 5, lane],
      );
      expect(await lagOf('stock')).to.include({ unpublished: 5 });
    });

    it('ends with exit code 1 when a lane is further behind than it may be', async () => {
      expect((await cli('lag', '--max', '2')).stdout).not.to.include('records behind');
      const { code, stdout } = await cli('lag', '--max', '1', '--max-seconds', '0');
      expect(code).to.equal(1);
      expect(stdout).to.include(`more than 1 records behind: stock ${lane}`);
      expect(stdout).to.include(`records older than 0 s: stock ${lane}`);
      expect(stdout).to.match(/total +│ +│ +│ +│ +2 │/);
    });
  });

  it('say what to do when a server is away', async () => {
    const env = settingsEnv({ ...onhand.settings, ONHAND_MYSQL_PORT: 1 });
    expectOneError(await runCli(['reservation'], env), 'MYSQL_UNREACHABLE', env);
    const kafka = settingsEnv({ ...onhand.settings, ONHAND_KAFKA_BROKERS: '127.0.0.1:1' });
    expectOneError(await runCli(['lag'], kafka), 'KAFKA_UNREACHABLE', kafka);
    const { stderr, code } = await runCli(['lag', '--json'], kafka);
    expect(code).to.equal(4);
    const { error } = JSON.parse(stderr) as { error: object };
    expect(error).to.include({ code: 'KAFKA_UNREACHABLE' }).and.to.include.keys('message', 'hint');
  });
});
