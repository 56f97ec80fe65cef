import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { AskingCommand } from '../src/domain/commands.ts';
import { type CliChild, startCli } from '../src/testing/cliChild.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { settingsEnv } from '../src/testing/settingsEnv.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

const skus = 400;
const commandsPerSku = 50;
const total = skus * commandsPerSku;
/** The processor is killed when so many commands are applied. */
const killsAt = [2000, 7000, 12_000];

/** Every SKU is stocked, then reserved and confirmed or released in turn; all SKUs interleaved. */
function load(): AskingCommand[] {
  const builders = Array.from({ length: skus }, (_, index) => commandsFor(`sku-${index}`));
  const rounds = Array.from({ length: commandsPerSku }, (_, round) => {
    const orderId = `o-${Math.ceil(round / 2)}`;
    return builders.map((of) => {
      if (round === 0) return of.receive(40);
      if (round % 2 === 1) return of.reserve(orderId, 2);
      return round % 4 === 0 ? of.release(orderId) : of.confirm(orderId);
    });
  });
  return rounds.flat();
}

describe('a processor that is killed again and again', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let child: CliChild;
  before(async () => {
    onhand = await testInstallation({
      ONHAND_SESSION_TIMEOUT_SECONDS: 1,
      ONHAND_SLICE_COMMANDS_MAX: 50,
      ONHAND_LOG_LEVEL: 'warn',
    });
  });
  after(async () => {
    child?.process.kill('SIGKILL');
    await onhand?.close();
  });

  const start = () => startCli(['run'], settingsEnv(onhand.settings));
  const applied = async () => {
    const [rows] = await onhand.pool.query<(RowDataPacket & { sum: string | null })[]>(
      "SELECT SUM(next_offset) AS sum FROM progress WHERE engine = 'stock'",
    );
    return Number(rows[0]?.sum ?? 0);
  };

  it(`answers each of ${total} commands once, in order`, async () => {
    const commands = load();
    const sent = onhand.send(commands.slice(0, total / 2));
    child = start();
    for (const killAt of killsAt) {
      await waitUntil(`${killAt} commands`, async () => (await applied()) >= killAt, 60_000);
      child.process.kill('SIGKILL');
      expect((await child.ended).signal).to.equal('SIGKILL');
      expect(await applied(), 'killed too late to show anything').to.be.below(total);
      child = start();
      if (killAt === killsAt[0]) {
        await sent;
        await onhand.send(commands.slice(total / 2));
      }
    }
    await onhand.settled();

    const events = await onhand.events();
    expect(events).to.have.length(total);
    expect(new Set(events.map(({ commandId }) => commandId)).size).to.equal(total);
    expectUnbroken(events);
    expect(await storedStock(onhand.pool)).to.deep.equal(foldedStock(events));
  });

  it('then ends with exit code 0, soon after it is told to', async () => {
    const begun = performance.now();
    child.process.kill('SIGTERM');
    const { code, stderr } = await child.ended;
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(performance.now() - begun).to.be.below(20_000);
  });
});
