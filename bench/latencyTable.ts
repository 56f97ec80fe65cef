import type { OpenLoadRun } from './answerClock.ts';
import type { ResultTable } from './benchmark.ts';
import { spreadOf } from './statistics.ts';

/** One run, and what it is a run of. */
export type LoadRun = OpenLoadRun & { load: string };

/** A row per load, in the order of their first runs: medians over the rounds, with min..max. */
export function latencyTable(title: string, runs: readonly LoadRun[], note: string): ResultTable {
  const loads = [...new Set(runs.map(({ load }) => load))];
  const rows = loads.map((load) => {
    const own = runs.filter((run) => run.load === load);
    const sum = (of: (run: LoadRun) => number) => own.reduce((all, run) => all + of(run), 0);
    return [
      load,
      spreadText(own.map(({ p50 }) => p50)),
      spreadText(own.map(({ p99 }) => p99)),
      spreadText(own.map(({ max }) => max)),
      sum(({ samples }) => samples),
      sum(({ missing }) => missing),
    ];
  });
  const head = ['load', 'p50 ms (min..max)', 'p99 ms', 'max ms', 'answers', 'missing'];
  return { title, head, rows, note };
}

/** A row per load for a picture. */
export function loadRows(runs: readonly LoadRun[], of: (run: LoadRun) => number) {
  return [...new Set(runs.map(({ load }) => load))].map((load) => {
    return { label: load, ...spreadOf(runs.filter((run) => run.load === load).map(of)) };
  });
}

/** The median of the runs of a load. */
export function medianOf(
  runs: readonly LoadRun[],
  load: string,
  of: (run: LoadRun) => number,
): number {
  return spreadOf(runs.filter((run) => run.load === load).map(of)).median;
}

/** In words, which loads were not answered in full. */
export function missingAnswers(what: string, runs: readonly LoadRun[]): string[] {
  return runs
    .filter(({ missing }) => missing > 0)
    .map(({ missing, load }) => `${what}: ${missing} answers missing, ${load}`);
}

/** A median with what it lies between, in ms. */
export function spreadText(values: readonly number[]): string {
  const { median, min, max } = spreadOf(values);
  return `${median.toFixed(1)} (${min.toFixed(1)}..${max.toFixed(1)})`;
}
