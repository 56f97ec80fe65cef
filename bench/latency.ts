import type { Figure } from '../src/docs/benchResults.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { type LoadRun, latencyTable, loadRows, medianOf, missingAnswers } from './latencyTable.ts';
import { LiveOnhand } from './liveOnhand.ts';
import type { ProgressView } from './progressView.ts';
import { rotated } from './rounds.ts';

const idle = 50;
const shares = [0.2, 0.5, 0.8];
const skus = 1000;
const idleLoad = `${idle}/s`;
const oneByOne = `${idle}/s, one command a transaction`;

const note = `Open loop on 1,000 SKUs: from when a command was due to be sent until its event was
read by a reader of committed records. Sender and reader run on the same machine; the maximum is
what they get through with thousands of commands always under way. HDR histogram.`;

/** Latency from command to event, idle and at shares of the maximum; and without batching. */
export async function latency(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const rounds = scale.full ? scale.rounds : 1;
  const batched = await LiveOnhand.open({ skus });
  const single = await LiveOnhand.open({ skus, env: { ONHAND_SLICE_COMMANDS_MAX: '1' } });
  const runs: LoadRun[] = [];
  view.step('latency: what is the maximum?');
  const maximum = await batched.maximum(Math.min(8, scale.seconds));
  await single.measure(idle, 3);
  const loads = [
    { load: idleLoad, live: batched, perSecond: idle },
    { load: oneByOne, live: single, perSecond: idle },
    ...shares.map((share) => {
      return { load: shareText(share), live: batched, perSecond: Math.round(maximum * share) };
    }),
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { load, live, perSecond } of rotated(loads, round)) {
      view.step(`latency, round ${round + 1} of ${rounds}: ${load}, ${perSecond}/s`);
      runs.push({ load, ...(await live.measure(perSecond, scale.seconds)) });
    }
  }
  await batched.close();
  await single.close();
  runs.sort((a, b) => placeOf(a) - placeOf(b));
  const title = 'latency, command due → event read';
  const withMaximum = `${title}; maximum ${Math.round(maximum).toLocaleString('en')}/s`;
  const chart = `${title}: 99th percentile`;
  return {
    name: 'latency',
    tables: [latencyTable(withMaximum, runs, note)],
    figures: figuresOf(runs, maximum),
    charts: [{ kind: 'rows', title: chart, unit: 'ms', rows: loadRows(runs, ({ p99 }) => p99) }],
    faults: missingAnswers('latency', runs),
    data: { maximum, runs },
  };

  function placeOf(run: LoadRun): number {
    return loads.findIndex(({ load }) => load === run.load);
  }
}

function shareText(share: number): string {
  return `${share * 100} % of maximum`;
}

function figuresOf(runs: readonly LoadRun[], maximum: number): Figure[] {
  const p50 = (load: string) => medianOf(runs, load, (run) => run.p50);
  const p99 = (load: string) => medianOf(runs, load, (run) => run.p99);
  const busy = shareText(0.8);
  return [
    {
      what: 'live maximum, sender and reader on the machine, commands/s',
      value: maximum,
      unit: '',
    },
    { what: `latency at ${idleLoad}, p50`, value: p50(idleLoad), unit: 'ms' },
    { what: `latency at ${idleLoad}, p99`, value: p99(idleLoad), unit: 'ms' },
    {
      what: `latency at ${idleLoad}: batching / one by one, p50`,
      value: p50(idleLoad) / p50(oneByOne),
      unit: 'x',
      most: 1.2,
    },
    { what: `latency at ${busy}, p99`, value: p99(busy), unit: 'ms', most: 150 },
  ];
}
