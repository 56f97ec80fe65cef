import type { Figure, PublishedTable, ScaleName } from '../src/docs/benchResults.ts';
import type { Cell } from '../src/ops/textTable.ts';
import type { ProgressView } from './progressView.ts';
import type { Spread } from './statistics.ts';

/** How much is measured. */
export interface Scale {
  full: boolean;
  rounds: number;
  /** Multiplies the commands of a run. */
  factor: number;
  /** Of a run that is timed by the clock. */
  seconds: number;
}

export const scales = {
  /** Whether it works, at all; figures mean nothing. */
  smoke: { full: false, rounds: 1, factor: 0.05, seconds: 2 },
  /** What to expect. */
  quick: { full: false, rounds: 2, factor: 0.4, seconds: 5 },
  /** For figures to quote. */
  full: { full: true, rounds: 5, factor: 2, seconds: 20 },
} satisfies Record<ScaleName, Scale>;

/** A table for people, on the terminal and in the README. */
export interface ResultTable extends PublishedTable {
  rows: Cell[][];
}

/** A picture of a result: a row per side with its spread, or a line per side. */
export type Chart =
  | { kind: 'rows'; title: string; unit: string; rows: ({ label: string } & Spread)[] }
  | {
      kind: 'lines';
      title: string;
      unit: string;
      /** What the x axis counts. */
      along: string;
      lines: { label: string; points: [x: number, y: number][] }[];
    };

/** What a benchmark has found. */
export interface BenchmarkResult {
  name: string;
  tables: ResultTable[];
  figures?: Figure[];
  charts?: Chart[];
  /** Whatever was not as it must be, in words; any makes the whole run fail. */
  faults: string[];
  /** Every single measurement, for programs. */
  data: unknown;
}

/** A benchmark that can be named on the command line. */
export interface Benchmark {
  name: string;
  /** One line for the help. */
  description: string;
  /** Whether it runs when nothing is named: a quick run of all such takes ten minutes at most. */
  usual: boolean;
  run: (scale: Scale, view: ProgressView) => Promise<BenchmarkResult>;
}
