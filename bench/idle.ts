import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { BenchError } from './benchError.ts';
import { benchInstallation } from './benchInstallation.ts';
import { cpuSecondsOf } from './processCost.ts';
import type { ProgressView } from './progressView.ts';
import { spreadOf } from './statistics.ts';
import { WorkerProcess } from './workerProcess.ts';

const settleMs = 5000;
const seconds = 20;

/** CPU that a processor takes which owns every lane and has nothing to do, in % of one core. */
export async function idle(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const installation = await benchInstallation();
  const worker = new WorkerProcess(installation);
  const rounds = scale.full ? scale.rounds : 1;
  const shares: number[] = [];
  const lanes = installation.settings.ONHAND_PARTITIONS;
  try {
    await worker.claimed(lanes);
    await sleep(settleMs);
    for (let round = 0; round < rounds; round++) {
      view.step(`idle, round ${round + 1} of ${rounds}: ${seconds} s`);
      const [used, begun] = [cpuSecondsOf(worker.pid), performance.now()];
      await sleep(seconds * 1000);
      worker.requireAlive();
      const now = cpuSecondsOf(worker.pid);
      if (used === undefined || now === undefined) {
        throw new BenchError('CPU times are read from /proc', 'Run it on Linux.');
      }
      shares.push(((now - used) / (performance.now() - begun)) * 1000 * 100);
    }
  } finally {
    await worker.stop();
    await installation.close();
  }
  const { median, min, max } = spreadOf(shares);
  const cells = [lanes, median.toFixed(2), `${min.toFixed(2)}..${max.toFixed(2)}`];
  const head = ['lanes', '% of a core', 'min..max'];
  const note = `CPU time of the process over ${seconds} s a round.`;
  return {
    name: 'idle',
    tables: [{ title: 'idle processor', head, rows: [cells], note }],
    faults: [],
    data: { lanes, seconds, percentOfCore: shares },
  };
}
