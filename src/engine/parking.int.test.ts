import { expect } from 'chai';
import type { AskingCommand } from '../domain/commands.ts';
import { listParkedItems } from '../storage/parkedCommands.ts';
import { type CliChild, runCli, startCli } from '../testing/cliChild.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { verifyEngines } from '../verify/verifyEngines.ts';

const skus = ['A-1', 'A-2', 'POISON', 'A-4'];

/** For each SKU a receive and ten reserves, interleaved. */
function commands(): AskingCommand[] {
  const at = (sku: string) => ({ sku, location: 'main' });
  return [
    ...skus.map((sku): AskingCommand => {
      return { kind: 'ReceiveStock', commandId: `receive-${sku}`, ...at(sku), quantity: 7 };
    }),
    ...Array.from({ length: 10 }, (_, index) =>
      skus.map((sku): AskingCommand => {
        const orderId = `order-${index}`;
        const order = { orderId, quantity: 1, minimum: null, expiresAt: null, ttlSeconds: null };
        return { kind: 'ReserveStock', commandId: `${orderId}-${sku}`, ...at(sku), ...order };
      }),
    ).flat(),
  ];
}

describe('a command that cannot be decided', function () {
  this.timeout(180_000);
  let installation: TestInstallation;
  let worker: CliChild;
  let env: NodeJS.ProcessEnv;

  const restart = async (fault?: string) => {
    worker?.process.kill('SIGTERM');
    await worker?.ended;
    worker = startCli(['run'], { ...env, ...(fault && { ONHAND_FAULT: fault }) });
  };
  const waiting = async () =>
    (await listParkedItems(installation.pool)).map(({ sku, waiting: count }) => [sku, count]);

  before(async () => {
    installation = await testInstallation();
    env = settingsEnv(installation.settings);
    await restart('decide-throws:POISON');
    await installation.send(commands());
    await installation.settled(30_000);
  });
  after(async () => {
    worker.process.kill('SIGTERM');
    await worker.ended;
    await installation.close();
  });

  it('is parked with those behind it, while all other stock items go on', async () => {
    expect(await waiting()).to.deep.equal([['POISON', 11]]);
    const events = await installation.events();
    expect(events.filter(({ sku }) => sku === 'POISON')).to.deep.equal([]);
    for (const sku of ['A-1', 'A-2', 'A-4']) {
      expect(events.filter((event) => event.sku === sku)).to.have.length(11);
    }
  });

  it('is listed and shown with the reason', async () => {
    const list = await runCli(['parked', 'list', '--json'], env);
    expect(JSON.parse(list.stdout)).to.have.length(1);
    expect(list.stdout).to.include('ONHAND_FAULT makes decisions on POISON throw');
    const show = await runCli(['parked', 'show', 'POISON'], env);
    expect(show.stdout).to.include('receive-POISON').and.to.include('waits behind');
  });

  it('stays parked when a retry fails again', async () => {
    await installation.send([
      { kind: 'RetryParked', commandId: 'retry-too-early', sku: 'POISON', location: 'main' },
    ]);
    await installation.settled(30_000);
    expect(await waiting()).to.deep.equal([['POISON', 11]]);
  });

  it('is skipped only when a person says so', async () => {
    const unasked = await runCli(['parked', 'skip', 'POISON'], env);
    expect(unasked.code).to.equal(1);
    expect(unasked.stderr).to.include('CONFIRMATION_MISSING');
    const dry = await runCli(['parked', 'skip', 'POISON', '--dry-run'], env);
    expect(dry.stdout).to.include('would be refused');
    expect(await waiting()).to.deep.equal([['POISON', 11]]);
  });

  it('comes back in exact order once the cause is mended', async () => {
    await restart();
    await waitUntil(
      'the worker',
      async () => (await runCli(['parked', 'retry', 'POISON'], env)).code === 0,
      40_000,
    );
    await installation.settled(30_000);
    expect(await waiting()).to.deep.equal([]);
    const events = (await installation.events()).filter(({ sku }) => sku === 'POISON');
    const kinds = events.map((event) =>
      event.kind === 'CommandRejected' ? event.reason : event.kind,
    );
    expect(kinds.filter((kind) => kind !== 'ParkedRetried')).to.deep.equal([
      'StockReceived',
      ...Array.from({ length: 7 }, () => 'StockReserved'),
      ...Array.from({ length: 3 }, () => 'INSUFFICIENT_STOCK'),
    ]);
    expect(events.map(({ sequence }) => sequence)).to.deep.equal(
      events.map((_, index) => index + 1),
    );
  });

  it('and the log proves it all, in a build that could decide it from the beginning', async () => {
    const { failures, findings, lines } = await verifyEngines(installation.settings);
    expect([...failures, ...findings]).to.deep.equal([]);
    expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
  });
});
