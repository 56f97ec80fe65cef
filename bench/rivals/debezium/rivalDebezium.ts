import type { Figure } from '../../../src/docs/benchResults.ts';
import type { Benchmark, ResultTable, Scale } from '../../benchmark.ts';
import { type LoadRun, latencyTable, medianOf, missingAnswers } from '../../latencyTable.ts';
import { outboxBacklog } from '../../outboxBacklog.ts';
import { type KillsRun, outboxKills } from '../../outboxKills.ts';
import { outboxPaced } from '../../outboxPaced.ts';
import type { ProgressView } from '../../progressView.ts';
import { rotated } from '../../rounds.ts';
import { spreadOf } from '../../statistics.ts';
import { javaProgram } from '../javaProgram.ts';
import { licenceNote, rivalLicences } from '../licences.ts';
import { type BacklogRun, debeziumBacklog } from './debeziumBacklog.ts';
import { type KillRun, debeziumKills } from './debeziumKills.ts';
import { debeziumPaced } from './debeziumPaced.ts';
import type { DebeziumSetting } from './debeziumRelay.ts';

const eventsMax = 100_000;
const perSecond = 200;
const kills = { quick: 2, full: 5 };
const killedEvents = 30_000;
const tuning = { 'poll.interval.ms': 10, 'offset.flush.interval.ms': 0 };

const backlogNote = `Rows that wait in an outbox table; 1,000 aggregates, 4 partitions, a reader of
committed records in the measuring process. onhand: as in outbox, from its publishers' start until
the last event was read, with a level for each event. debezium: embedded engine, event router,
idempotent producer, acks=all, defaults; from the first event that was read to the last: the start
of its process, beside it, is left out in its favour. ${licenceNote([rivalLicences.debezium])}.`;

const latencyNote = `Open loop, ${perSecond}/s, one event a commit; from the commit's answer to the
reading. onhand: as in outbox. tuned: poll.interval.ms 10, offset.flush.interval.ms 0.`;

const killNote = `Killed each time when Kafka has acknowledged a batch and it is not noted yet, then
left to finish. onhand: as in outbox. debezium: while it works off what was committed. doubled:
readings too many; Debezium promises no less than once, its readers have to drop repeats.`;

export const rivalDebezium: Benchmark = {
  name: 'rival-debezium',
  description: 'onhand’s outbox and Debezium (built by Maven): backlog, commit → read, kills',
  usual: false,
  run: async (scale, view) => {
    const program = await javaProgram('debezium', (message) => view.step(`debezium: ${message}`));
    const relays = { defaults: { program, tuning: {} }, tuned: { program, tuning } };
    const backlogs = await measureBacklogs(relays.defaults, scale, view);
    const paced = await measurePaced(relays, scale, view);
    const count = scale.full ? kills.full : kills.quick;
    view.step('debezium, kills: onhand');
    const ours = await outboxKills(count, view);
    const theirs: Record<string, KillRun> = {};
    for (const [name, setting] of Object.entries(relays)) {
      view.step(`debezium, kills: debezium, ${name}`);
      theirs[`debezium, ${name}`] = await debeziumKills(setting, killedEvents, count, view);
    }
    return {
      name: 'rival-debezium',
      tables: [
        backlogTable(backlogs),
        latencyTable('outbox, commit → read', paced, latencyNote),
        killTable(ours, theirs),
      ],
      figures: figuresOf(backlogs, paced),
      faults: [
        ...backlogs.faults,
        ...missingAnswers('debezium', paced),
        ...ours.faults,
        ...Object.entries(theirs).flatMap(([name, { lost, breaks }]) =>
          faultsIn(name, [
            ['events lost by kills', lost],
            ['events out of order after kills', breaks],
          ]),
        ),
      ],
      data: { backlogs, paced, kills: { onhand: ours, ...theirs } },
    };
  },
};

/** Events a second, by side. */
interface Backlogs {
  onhand: number[];
  debezium: number[];
  /** Of Debezium's process. */
  startSeconds: number[];
  faults: string[];
}

async function measureBacklogs(
  setting: DebeziumSetting,
  { rounds, factor }: Scale,
  view: ProgressView,
): Promise<Backlogs> {
  const events = eventsMax * Math.min(1, factor);
  const found: Backlogs = { onhand: [], debezium: [], startSeconds: [], faults: [] };
  const sides = {
    onhand: async () => {
      const { seconds, faults } = await outboxBacklog(events, view);
      found.onhand.push(events / seconds);
      found.faults.push(...faults);
    },
    debezium: async () => {
      const run: BacklogRun = await debeziumBacklog(setting, events, view);
      found.debezium.push(events / run.seconds);
      found.startSeconds.push(run.startSeconds);
      const { doubled, breaks } = run;
      found.faults.push(
        ...faultsIn('debezium', [
          ['events doubled', doubled],
          ['events out of order', breaks],
        ]),
      );
    },
  };
  await inTurn('backlog', sides, rounds, view);
  return found;
}

async function measurePaced(
  relays: Record<string, DebeziumSetting>,
  { rounds, seconds }: Scale,
  view: ProgressView,
): Promise<LoadRun[]> {
  const runs: LoadRun[] = [];
  const sides: Record<string, () => Promise<void>> = {
    onhand: async () => {
      runs.push({ load: 'onhand', ...(await outboxPaced(perSecond, seconds)) });
    },
  };
  for (const [name, setting] of Object.entries(relays)) {
    const load = `debezium, ${name}`;
    sides[load] = async () => {
      runs.push({ load, ...(await debeziumPaced(setting, perSecond, seconds)) });
    };
  }
  await inTurn('commit → read', sides, rounds, view);
  return runs;
}

/** All sides, round after round, each round begun by another one. */
async function inTurn(
  what: string,
  sides: Record<string, () => Promise<void>>,
  rounds: number,
  view: ProgressView,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of rotated(Object.entries(sides), round)) {
      view.step(`debezium, ${what}, round ${round + 1} of ${rounds}: ${name}`);
      await measure();
    }
  }
}

function backlogTable({ onhand, debezium, startSeconds }: Backlogs): ResultTable {
  const ours = spreadOf(onhand).median;
  const row = (name: string, rates: readonly number[], start: string) => {
    const { median, min, max } = spreadOf(rates);
    const [least, most] = [min, max].map((rate) => Math.round(rate).toLocaleString('en'));
    const ratio = `${(ours / median).toFixed(1)}x`;
    return [name, Math.round(median), `${least}..${most}`, ratio, start];
  };
  const head = ['relay', 'events/s', 'min..max', 'onhand is', 'start s'];
  const start = spreadOf(startSeconds).median.toFixed(1);
  const rows = [row('onhand', onhand, '-'), row('debezium, defaults', debezium, start)];
  return { title: 'outbox, backlog', head, rows, note: backlogNote };
}

function killTable(ours: KillsRun, theirs: Record<string, KillRun>): ResultTable {
  const rows = Object.entries({ onhand: ours, ...theirs }).map(([name, run]) => {
    return [name, run.kills, run.events, run.lost, run.doubled];
  });
  const head = ['relay', 'kills', 'events', 'lost', 'doubled'];
  return { title: 'outbox, killed between two commits', head, rows, note: killNote };
}

function figuresOf({ onhand, debezium }: Backlogs, paced: readonly LoadRun[]): Figure[] {
  const p50 = (load: string) => medianOf(paced, load, (run) => run.p50);
  const ratio = spreadOf(onhand).median / spreadOf(debezium).median;
  return [
    { what: 'outbox, backlog: onhand / Debezium', value: ratio, unit: 'x', least: 1 },
    {
      what: `outbox, commit → read at ${perSecond}/s, p50: tuned Debezium / onhand`,
      value: p50('debezium, tuned') / p50('onhand'),
      unit: 'x',
    },
  ];
}

function faultsIn(who: string, found: readonly [what: string, count: number][]): string[] {
  return found.filter(([, count]) => count > 0).map(([what, count]) => `${who}: ${what}: ${count}`);
}
