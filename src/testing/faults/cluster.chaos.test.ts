import { expect } from 'chai';
import { chooseMode } from '../../../stack/chooseMode.ts';
import { textTable } from '../../ops/textTable.ts';
import { ThrowawayCluster } from '../cluster/throwawayCluster.ts';
import { type ClusterFault, clusterFaults } from './clusterFaults.ts';
import { type ClusterRig, clusterRig } from './clusterRig.ts';
import { isFullChaos } from './faultRig.ts';

const { moves, restarts, kills } = clusterFaults;
const all = [...moves, ...restarts, ...kills];
const rounds = isFullChaos ? [...all, ...all] : [...moves, kills[0]!];

/** Kafka's own: the session of a broker, as it is by default; and what a client may add to it. */
const failoverMs = 9000;
const ownMs = 5000;
/** A machine that is many times slower than ours is no fault; a lane that hangs is one. */
const absurdMs = 120_000;

interface Stall {
  name: string;
  wait: number;
  silence: number;
}

describe('a cluster of three brokers', function () {
  this.timeout(900_000);
  let cluster: ThrowawayCluster;
  let rig: ClusterRig | undefined;
  const stalls: Stall[] = [];
  before(async function () {
    if (chooseMode() === 'docker') this.skip();
    cluster = await ThrowawayCluster.start();
  });
  beforeEach(async () => {
    rig ??= await clusterRig(cluster);
  });
  afterEach(async function () {
    if (this.currentTest?.isPassed()) return;
    // What is lost stays lost: the next round begins with another installation.
    await cluster.up();
    await rig?.close();
    rig = undefined;
  });
  after(async () => {
    await rig?.close();
    await cluster?.close();
    if (stalls.length > 0) process.stdout.write(`${stallTable(stalls)}\n`);
  });

  for (const [index, fault] of rounds.entries()) {
    it(`round ${index + 1}, ${fault.name}: all is there, once and in order`, async () => {
      stalls.push({ name: fault.name, ...(await strike(rig!, fault)) });
    });
  }

  it('stalls for no longer than is Kafka’s own, by far', () => {
    for (const { name, wait } of stalls) expect(wait, name).to.be.below(absurdMs);
  });
});

async function strike(rig: ClusterRig, fault: ClusterFault) {
  try {
    return await struck(rig, fault);
  } catch (error) {
    await rig.cluster.up();
    const { stack = '' } = error as Error;
    throw new Error(`${stack}\n${await rig.diagnosis()}`, { cause: error });
  }
}

async function struck(rig: ClusterRig, fault: ClusterFault) {
  rig.run();
  await rig.answered();
  await fault.strike(rig);
  await rig.control.untilWhole(rig.topics);
  // The leaders go back to where they belong, as Kafka itself would have it within minutes.
  await rig.control.elect(rig.topics);
  await rig.answered();
  await rig.expectExact();
  return rig.waits.figures;
}

function stallTable(stalls: readonly Stall[]): string {
  const kinds = [...new Set(stalls.map(({ name }) => name))];
  const head = [
    'fault',
    'rounds',
    'wait ms, median',
    'max',
    'nobody answered ms, median',
    'max',
    '',
  ];
  const rows = kinds.map((name) => {
    const own = stalls.filter((stall) => stall.name === name);
    const waits = own.map(({ wait }) => Math.round(wait)).sort((a, b) => a - b);
    const silences = own.map(({ silence }) => Math.round(silence)).sort((a, b) => a - b);
    const longest = waits.at(-1) ?? 0;
    const note = longest > failoverMs + ownMs ? `over ${failoverMs + ownMs}` : '';
    return [name, own.length, median(waits), longest, median(silences), silences.at(-1) ?? 0, note];
  });
  return textTable(head, rows);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
