import { expect } from 'chai';
import { type DestinationStream, pino } from 'pino';
import { OutboxPublisher } from '../../../producers/outboxPublisher.ts';
import { Metrics } from '../../ops/metrics.ts';
import { type Progress, readProgress } from '../../storage/progress.ts';
import { type FaultRig, faultRig, itInFull } from './faultRig.ts';
import { readWithKcat } from './readWithKcat.ts';
import type { Worker } from './worker.ts';

const lane = 0;

describe('two publishers for one lane', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  let worker: Worker;
  let intruder: OutboxPublisher;
  let warnings: string[];
  let offering: NodeJS.Timeout;
  beforeEach(async () => {
    rig = await faultRig();
    rig.startLoad();
    worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    await worker.until('a first event', async () => (await claim()).outboxSequence > 0, 60_000);
  });
  afterEach(async () => {
    clearInterval(offering);
    await intruder?.stop();
    await rig?.close();
  });

  const claim = async () => (await readProgress(rig.pool, 'stock', lane))!;
  const intrude = (as: Progress) => {
    warnings = [];
    const output: DestinationStream = { write: (line) => void warnings.push(line) };
    const logger = pino({ level: 'warn' }, output);
    intruder = new OutboxPublisher({ ...rig, logger, metrics: new Metrics() }, 'stock');
    const published = intruder.open(as);
    offering = setInterval(() => published.offer(undefined), 50);
  };
  const refused = () => warnings.filter((line) => line.includes('not taken over')).length;
  const fencedWorker = () => worker.said('publisher starts anew').length;
  const fencedIntruder = () => warnings.filter((line) => line.includes('starts anew')).length;

  it('one of an older claim gives up, and the one of the latest does not notice', async () => {
    const current = await claim();
    intrude({ ...current, epoch: current.epoch - 1 });
    await worker.until('a refused intruder', () => refused() > 0, 60_000);
    const { outboxSequence } = await claim();
    const hasMore = async () => (await claim()).outboxSequence > outboxSequence;
    await worker.until('more events', hasMore, 60_000);
    expect(refused(), 'asked once').to.equal(1);
    await rig.expectExact();
  });

  itInFull('of the same claim, fencing each other for as long as both are there', async () => {
    intrude(await claim());
    await worker.until('three rounds', () => fencedWorker() > 2 && fencedIntruder() > 2, 60_000);
    await intruder.stop();
    await rig.expectExact();
  });
});

describe('a publisher that hangs in its Kafka transaction', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  before(async () => {
    rig = await faultRig({ ONHAND_SESSION_TIMEOUT_SECONDS: 1 });
  });
  after(() => rig?.close());

  it('holds up readers only until its lane has another owner', async () => {
    const load = rig.startLoad();
    const hung = rig.newWorker('publish-before-commit:10:SIGSTOP');
    await hung.untilStopped();
    await load.stop();
    const topic = rig.topics.stockEvents.name;
    const count = async (isolation: 'read_committed' | 'read_uncommitted') =>
      (await readWithKcat(rig.settings, topic, isolation)).length;
    const committed = await count('read_committed');
    expect(await count('read_uncommitted'), 'with what hangs').to.be.greaterThan(committed);

    const heir = rig.newWorker();
    await heir.untilSaid('lane claimed', 3);
    await heir.until(
      'more committed events',
      async () => (await count('read_committed')) > committed,
      10_000,
    );
    expect(hung.isStopped).to.be.true;
    await hung.kill();
    await rig.expectExact();
  });
});
