/** Where and with what figures were made: names and values, by what they are about. */
export type Facts = Record<string, Record<string, string>>;

/** A number that stands for a benchmark in the README, beside what it is meant to reach. */
export interface Figure {
  what: string;
  value: number;
  /** Printed behind the value: `x` is a ratio. */
  unit: string;
  /** What it should at least be; for what should be small: at most. */
  least?: number;
  most?: number;
}

/** A table of a result, and what exactly was measured. */
export interface PublishedTable {
  title: string;
  head: string[];
  rows: (string | number)[][];
  note: string;
}

/** How much was measured. */
export type ScaleName = 'smoke' | 'quick' | 'full';

/** What the README tells of a benchmark. */
export interface PublishedResult {
  name: string;
  /** ISO time of its begin. */
  at: string;
  /** Of the source, by git; with a `+` when files were changed. */
  revision: string;
  /** `full`; `quick`, with few rounds; or `smoke`, whose figures mean nothing. */
  scale: ScaleName;
  figures?: Figure[];
  tables: PublishedTable[];
}

/** `bench/results.json`, as `npm run bench` writes it. */
export interface PublishedResults {
  facts: Facts;
  results: PublishedResult[];
}

/** Whether a figure reaches what it is meant to; also when nothing is said about that. */
export function isReached({ value, least = -Infinity, most = Infinity }: Figure): boolean {
  return value >= least && value <= most;
}

/** A figure's value with its unit, to three digits. */
export function valueText({ value, unit }: Figure): string {
  const short = Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
  return unit === 'x' || unit === '' ? `${short}${unit}` : `${short} ${unit}`;
}

/** What it is meant to reach; empty when nothing is said about that. */
export function aimText({ least, most, unit }: Figure): string {
  const text = (value: number) => valueText({ what: '', value, unit });
  if (least !== undefined) return `≥ ${text(least)}`;
  return most === undefined ? '' : `≤ ${text(most)}`;
}
