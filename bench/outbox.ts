import type { BenchmarkResult, Scale } from './benchmark.ts';
import { type LoadRun, latencyTable, medianOf, missingAnswers } from './latencyTable.ts';
import { outboxBacklog } from './outboxBacklog.ts';
import { outboxKills } from './outboxKills.ts';
import { outboxPaced } from './outboxPaced.ts';
import type { ProgressView } from './progressView.ts';
import { spreadOf } from './statistics.ts';

const perSecond = 200;

const pacedNote = `Open loop on 1,000 SKUs in 4 lanes: from the end of MySQL's COMMIT until a
reader of committed records has the event. The publishers run in the sending process, as they do in
onhand.`;
const backlogNote = `Rows that wait in the outbox table of 4 lanes, from the publishers' start
until the last event was read. 1,000 SKUs.`;
const killsNote = `A processor that kills itself (SIGKILL) between Kafka's commit and its own note
of it, then the next; sequences of all stock items are followed by a reader of committed records.`;

/** The way from MySQL to Kafka alone: how soon, how fast, and how often when killed. */
export async function outbox(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const rounds = scale.full ? scale.rounds : 1;
  const events = 100_000 * Math.min(1, scale.factor);
  const load = `${perSecond}/s`;
  const paced: LoadRun[] = [];
  const rates: number[] = [];
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    view.step(`outbox, round ${round + 1} of ${rounds}: ${load}`);
    paced.push({ load, ...(await outboxPaced(perSecond, scale.seconds)) });
    view.step(`outbox, round ${round + 1} of ${rounds}: backlog`);
    const backlog = await outboxBacklog(events, view);
    rates.push(events / backlog.seconds);
    faults.push(...backlog.faults);
  }
  const kills = await outboxKills(scale.full ? 10 : 2, view);
  const { median, min, max } = spreadOf(rates);
  const range = `${Math.round(min).toLocaleString('en')}..${Math.round(max).toLocaleString('en')}`;
  return {
    name: 'outbox',
    tables: [
      latencyTable('outbox: commit → event read', paced, pacedNote),
      {
        title: 'outbox: backlog',
        head: ['events', 'events/s', 'min..max'],
        rows: [[events, Math.round(median), range]],
        note: backlogNote,
      },
      {
        title: 'outbox: killed between two commits',
        head: ['kills', 'events', 'lost', 'doubled'],
        rows: [[kills.kills, kills.events, kills.lost, kills.doubled]],
        note: killsNote,
      },
    ],
    figures: [
      {
        what: `outbox: commit → read at ${load}, p50`,
        value: medianOf(paced, load, (run) => run.p50),
        unit: 'ms',
        most: 12,
      },
      {
        what: `outbox: commit → read at ${load}, p99`,
        value: medianOf(paced, load, (run) => run.p99),
        unit: 'ms',
        most: 30,
      },
      { what: 'outbox: backlog, events/s', value: median, unit: '' },
      {
        what: `outbox: events doubled by ${kills.kills} kills between the commits`,
        value: kills.doubled,
        unit: '',
        most: 0,
      },
    ],
    faults: [...missingAnswers('outbox', paced), ...faults, ...kills.faults],
    data: { paced, backlog: rates, kills },
  };
}
