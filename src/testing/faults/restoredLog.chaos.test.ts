import { expect } from 'chai';
import { serversAreOurs } from '../../../stack/serversAreOurs.ts';
import { encodeStockCommand } from '../../messaging/stockCommandCodec.ts';
import { partitionOf } from '../../messaging/partitionOf.ts';
import { runCli } from '../cliChild.ts';
import { commandsFor } from '../commandsFor.ts';
import { settingsEnv } from '../settingsEnv.ts';
import { ThrowawayKafka } from '../throwawayKafka.ts';
import type { LaneLag } from '../../replay/readLag.ts';
import { verifyEngines } from '../../verify/verifyEngines.ts';
import { type FaultRig, faultRig } from './faultRig.ts';
import type { Worker } from './worker.ts';

const sku = 'restored';
/** Commands that are on the kept disk, and those that are applied thereafter. */
const [kept, later] = [20, 15];

describe('a broker that comes back with an older disk', function () {
  this.timeout(300_000);
  let kafka: ThrowawayKafka;
  let rig: FaultRig;
  let lane: number;
  let worker: Worker;
  before(async function () {
    if (!serversAreOurs()) this.skip();
    kafka = await ThrowawayKafka.start();
    // Long enough for a worker that stands still: it shall not join anew because of that.
    rig = await faultRig({ ...kafka.settings, ONHAND_SESSION_TIMEOUT_SECONDS: 60 });
    lane = partitionOf(sku, rig.settings.ONHAND_PARTITIONS);
    worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    await send(kept);
    await rig.settled(60_000);
    await kafka.down();
    kafka.keepDisk();
    await kafka.up();
    await send(later);
    await worker.until('all commands', async () => (await applied()) === kept + later, 60_000);
  });
  after(async () => {
    await rig?.close();
    await kafka?.close();
  });

  /** Without the memory of an idempotent producer, which a restored broker does not share. */
  const send = (count: number) => {
    const messages = Array.from({ length: count }, () => {
      const value = encodeStockCommand(commandsFor(sku).receive(1));
      return { key: sku, value, partition: lane };
    });
    return rig.sendRaw(messages);
  };
  const applied = async () => (await rig.progress())[lane]?.nextOffset;
  const expectHalted = (halted: Worker, ...texts: string[]) => {
    const [line, ...others] = halted.said('lane halted');
    expect(others).to.deep.equal([]);
    expect(line).to.include({ lane, code: 'TOPIC_REPLACED' });
    for (const text of texts) expect(line?.msg).to.include(text);
  };
  const lag = async () => {
    const { code, stdout } = await runCli(['lag', '--json'], settingsEnv(rig.settings));
    const { ok, lanes } = JSON.parse(stdout) as { ok: boolean; lanes: LaneLag[] };
    const own = lanes.find((one) => one.engine === 'stock' && one.lane === lane);
    return { code, ok, lagRecords: own?.lagRecords, replacedFrom: own?.replacedFrom };
  };

  it('is no trouble when it comes back with the disk that it had', async () => {
    expect(worker.said('lane halted')).to.deep.equal([]);
    expect(worker.said('log differs')).to.deep.equal([]);
    const { replacedFrom, ok, code } = await lag();
    expect({ replacedFrom, ok, code }).to.deep.equal({ replacedFrom: null, ok: true, code: 0 });
  });

  it('halts the lane of a running worker, when others have filled the log meanwhile', async () => {
    worker.signal('SIGSTOP');
    await worker.untilStopped();
    await kafka.putDiskBack();
    await send(later + 30);
    worker.signal('SIGCONT');
    await worker.untilSaid('lane halted', 1, 120_000);
    expectHalted(worker, `offset ${kept} on`, `at offset ${kept + later - 1}`);
    expect(await applied(), 'nothing of it is applied').to.equal(kept + later);
    await worker.stop();
  });

  it('halts it at a claim, and everybody who is asked says where the log differs', async () => {
    expect(await lag()).to.deep.equal({
      code: 1,
      ok: false,
      lagRecords: 30,
      replacedFrom: kept,
    });
    const { findings } = await verifyEngines(rig.settings);
    expect(findings.find(({ engine }) => engine === 'stock')?.offset).to.equal(kept);
    expect(findings.map(({ where, what }) => `${where}: ${what}`)).to.include('progress: applied');
    const late = rig.newWorker();
    await late.untilSaid('lane halted', 1, 60_000);
    expectHalted(late, `offset ${kept} on`);
    expect(late.said('lane claimed')).to.have.length(2);
    expect(await applied()).to.equal(kept + later);
    await late.stop();
  });

  it('never counts as lag 0, when its log ends before what was applied', async () => {
    await kafka.putDiskBack();
    await send(3);
    expect(await lag()).to.deep.equal({
      code: 1,
      ok: false,
      lagRecords: 3 - later,
      replacedFrom: kept,
    });
    const { stdout } = await runCli(['lag'], settingsEnv(rig.settings));
    expect(stdout).to.include(`ends ${later - 3} offsets before what was applied`);
    const late = rig.newWorker();
    await late.untilSaid('lane halted', 1, 60_000);
    expectHalted(late, `ends at offset ${kept + 3}`, `offset ${kept} on`);
    await late.stop();
  });
});
