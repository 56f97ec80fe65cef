import type { Cell } from '../src/ops/textTable.ts';

/** How much is measured: quick says what to expect, full is for figures to quote. */
export interface Scale {
  full: boolean;
  rounds: number;
  /** Multiplies the commands of a run. */
  factor: number;
}

export const quick: Scale = { full: false, rounds: 3, factor: 1 };
export const full: Scale = { full: true, rounds: 5, factor: 2 };

export interface ResultTable {
  title: string;
  head: string[];
  rows: Cell[][];
  /** What exactly was measured; printed below. */
  note: string;
}

/** What a benchmark has found. */
export interface BenchmarkResult {
  name: string;
  tables: ResultTable[];
  /** Whatever was not as it must be, in words; any makes the whole run fail. */
  faults: string[];
  /** Every single measurement, for programs. */
  data: unknown;
}
