import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { verifyEngines } from '../../verify/verifyEngines.ts';
import type { Finding } from '../../verify/findings.ts';
import { ensureTopics } from '../../messaging/topicAdmin.ts';
import { partitionOf } from '../../messaging/partitionOf.ts';
import { commandsFor } from '../commandsFor.ts';
import { storedTables } from '../storedTables.ts';
import { type FaultRig, faultRig, itInFull } from './faultRig.ts';
import { publishAll } from './publishAll.ts';
import type { Worker } from './worker.ts';

const sessionSeconds = 20;
const sku = 'logged';

/** Stops it, and lets the fetch that it has sent end without a record. */
async function standStill(worker: Worker): Promise<void> {
  worker.signal('SIGSTOP');
  await worker.untilStopped();
  await sleep(500);
}

describe('a command log that is not what it was', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  let topic: string;
  let lane: number;
  beforeEach(async () => {
    rig = await faultRig({ ONHAND_SESSION_TIMEOUT_SECONDS: sessionSeconds });
    topic = rig.topics.stockCommands.name;
    lane = partitionOf(sku, rig.settings.ONHAND_PARTITIONS);
    const load = rig.startLoad();
    const worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    await worker.until('commands', async () => (await offsets()).every((it) => it > 20), 60_000);
    await load.stop();
    await rig.settled();
    await worker.stop();
  });
  afterEach(() => rig?.close());

  const offsets = async () => (await rig.progress()).map(({ nextOffset }) => nextOffset);
  const send = (count: number, of = sku) =>
    rig.send(Array.from({ length: count }, () => commandsFor(of).receive(1)));
  const findings = async (): Promise<Finding[]> => (await verifyEngines(rig.settings)).findings;
  const haltedAs = (worker: Worker) =>
    worker.said('lane halted').map((line) => [line.lane, line.code]);
  const deleteUpTo = (offset: number) =>
    rig.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: lane, offset: String(offset) }],
    });
  const recreate = async () => {
    await rig.admin.deleteTopics({ topics: [topic] });
    for (let tries = 0; ; tries++, await sleep(200)) {
      try {
        return await ensureTopics(rig.admin, rig.topics);
      } catch (error) {
        // The name is free a little after the deletion.
        if (tries > 20) throw error;
      }
    }
  };
  const untouched = () => storedTables(rig.pool);
  const started = async (): Promise<Worker> => {
    const worker = rig.newWorker();
    await worker.untilSaid('processor started');
    return worker;
  };

  it('cut by retention past the progress: that lane halts, the others go on', async () => {
    const before = (await offsets())[lane]!;
    await send(10);
    await deleteUpTo(before + 4);
    const others = ['a', 'b', 'c', 'd', 'e'].filter((name) => partitionOf(name, 3) !== lane);
    await send(1, others[0]);
    const worker = await started();
    await worker.untilSaid('lane halted');
    expect(haltedAs(worker)).to.deep.equal([[lane, 'COMMANDS_LOST']]);
    expect(worker.said(`offsets ${before} to ${before + 3}`)).to.have.length(1);
    await worker.until(
      'the other lane’s event',
      async () => (await rig.events()).some((event) => event.sku === others[0]),
      10_000,
    );
    await worker.stop();
    expect((await offsets())[lane]).to.equal(before);
    // What was applied before cannot be folded any more; of the rest nothing is wrong.
    expect((await findings()).filter((finding) => finding.lane !== lane)).to.deep.equal([]);
  });

  itInFull('cut past the progress while the worker stands still: it halts, too', async () => {
    const worker = await started();
    await worker.untilSaid('lane claimed', 3);
    const before = (await offsets())[lane]!;
    await standStill(worker);
    await send(10);
    await deleteUpTo(before + 10);
    worker.signal('SIGCONT');
    await worker.untilSaid('lane halted');
    expect(haltedAs(worker)).to.deep.equal([[lane, 'COMMANDS_LOST']]);
    expect(worker.said('lanes assigned'), 'found out by fetching').to.have.length(1);
    expect((await offsets())[lane]).to.equal(before);
  });

  it('deleted and created again: every lane halts, and nothing is written', async () => {
    const before = await untouched();
    await recreate();
    await send(100);
    const worker = await started();
    await worker.untilSaid('lane halted', 3);
    expect(haltedAs(worker).map(([, code]) => code)).to.deep.equal(Array(3).fill('TOPIC_REPLACED'));
    await worker.stop();
    expect(withoutProgress(await untouched())).to.deep.equal(withoutProgress(before));
  });

  it('created again and longer than before while the worker stands still: it ends', async () => {
    const worker = await started();
    await worker.untilSaid('lane claimed', 3);
    const before = await untouched();
    const length = (await offsets())[lane]!;
    await standStill(worker);
    const begun = Date.now();
    await recreate();
    await send(length + 50);
    expect(Date.now() - begun, 'within its session').to.be.below(sessionSeconds * 1000);
    worker.signal('SIGCONT');
    expect(await worker.ended).to.deep.equal({ code: 1, signal: null });
    expect(worker.said('processor failed')[0]?.code).to.equal('TOPIC_REPLACED');
    expect(withoutProgress(await untouched())).to.deep.equal(withoutProgress(before));
  });

  itInFull('deleted under a worker: it ends, naming what is missing', async () => {
    const worker = await started();
    await worker.untilSaid('lane claimed', 3);
    await rig.admin.deleteTopics({ topics: [topic] });
    expect((await worker.ended).code).to.equal(1);
    expect(worker.said('processor failed').map(({ code }) => code)).to.deep.equal([
      'TOPIC_MISSING',
    ]);
    await ensureTopics(rig.admin, rig.topics);
  });

  it('with more partitions under load: workers end, no SKU gets two lanes', async () => {
    rig.startLoad();
    const worker = await started();
    await worker.untilSaid('lane claimed', 3);
    await rig.admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    expect((await worker.ended).code).to.equal(1);
    expect(worker.said('processor failed')[0]?.code).to.equal('PARTITION_COUNT_CHANGED');
    const next = rig.newWorker();
    expect((await next.ended).code).to.equal(1);
    expect(next.stderr.join('\n')).to.include('PARTITION_COUNT_CHANGED');

    expect((await rig.progress()).map((row) => row.lane)).to.deep.equal([0, 1, 2]);
    await publishAll(rig);
    const lanes = new Map<string, number>();
    const { failures, findings } = await verifyEngines(rig.settings);
    expect(failures.map(({ engine, failure }) => `${engine} ${failure.code}`)).to.deep.equal(
      Array.from({ length: 3 }, () => 'stock PARTITION_COUNT_CHANGED'),
    );
    expect(findings).to.deep.equal([]);
    for (const event of await rig.events()) {
      expect(lanes.get(event.sku) ?? event.partition, event.sku).to.equal(event.partition);
      lanes.set(event.sku, event.partition);
    }
  });
});

/** A claim changes the progress row alone, and only its epoch and owner. */
function withoutProgress({ progress, ...tables }: Awaited<ReturnType<typeof storedTables>>) {
  const positions = progress?.map((row): unknown => [
    row.lane,
    row.next_offset,
    row.outbox_sequence,
  ]);
  return { positions, ...tables };
}
