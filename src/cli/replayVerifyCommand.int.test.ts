import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import type { Finding } from '../verify/findings.ts';

const lane = partitionOf('tea', 3);

describe('onhand replay verify', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    onhand = await testInstallation();
    env = settingsEnv(onhand.settings);
    const { receive, reserve, confirm } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 3), confirm('o-1'), reserve('o-2', 2)]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
  });
  after(() => onhand?.close());

  const verify = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    runCli(['replay', 'verify', ...args], { ...env, ...more }, { timeoutMs: 40_000 });

  it('says up to which offset each lane is proved', async () => {
    const { code, stdout, stderr } = await verify(['--partition', '0', '1', '2']);
    expect(stdout).to.include(`✓ stock: proved up to offset 4 of partition ${lane} (4 records)`);
    expect(stdout.match(/proved up to offset/g)).to.have.length(6);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('says it to scripts', async () => {
    const { code, stdout } = await verify([
      '--engine',
      'stock',
      '--json',
      '--to',
      '2',
      '--jobs',
      '2',
      '--partition',
      String(lane),
    ]);
    const { ok, lanes, failures } = JSON.parse(stdout) as { ok: boolean } & Record<
      string,
      unknown[]
    >;
    expect({ code, ok, failures }).to.deep.equal({ code: 0, ok: true, failures: [] });
    expect(lanes).to.have.length(1);
    expect(lanes?.[0]).to.include({ lane, offset: 2, isAtProgress: false });
  });

  it('names the first offset, the item and both values, and ends with 1', async () => {
    await onhand.pool.query('UPDATE stock_levels SET on_hand = on_hand + 1');
    const { code, stdout } = await verify([]);
    await onhand.pool.query('UPDATE stock_levels SET on_hand = on_hand - 1');
    expect(code).to.equal(1);
    expect(stdout).to.match(/tea at main +│ stock_levels │ onHand │ 7 +│ 8/);
    expect(stdout).to.include(`✗ stock: partition ${lane} parts from its log, first at offset 3`);
  });

  for (const [what, more, offset] of [
    ['lives of reservations', { ONHAND_RESERVATION_TTL_SECONDS: '60' }, 1],
    ['a stock item that it cannot decide', { ONHAND_FAULT: 'decide-throws:tea' }, 0],
  ] as const) {
    it(`names the first decision that a build makes otherwise: ${what}`, async () => {
      const { code, stdout } = await verify(['--json'], more);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      expect(code).to.equal(1);
      expect(findings[0]).to.include({ engine: 'stock', lane, item: 'tea at main', offset });
    });
  }

  for (const [args, code] of [
    [['--partition', '7'], 'PARTITION_UNKNOWN'],
    [['--from', 'yesterday'], 'RANGE_INVALID'],
    [['--to', 'checkpoint'], 'RANGE_INVALID'],
    [['--engine', 'stock', '--partition', String(lane), '--to', '99'], 'RANGE_BEYOND_LOG'],
  ] as const) {
    it(`refuses ${args.join(' ')} as ${code}`, async () => {
      expectOneError(await verify([...args]), code, env);
    });
  }
});
