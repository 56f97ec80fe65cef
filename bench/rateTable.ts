import type { Cell } from '../src/ops/textTable.ts';
import type { ResultTable } from './benchmark.ts';
import type { SideRun } from './side.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What each side answered a second, and how much faster one of them, onhand, is. */
export function rateTable(
  runs: ReadonlyMap<string, SideRun[]>,
  { title, unit, note }: { title: string; unit: 'commands' | 'orders'; note: string },
  compared = 'onhand',
): ResultTable {
  const rates = new Map<string, Spread>();
  for (const [side, own] of runs) rates.set(side, rateOf(own));
  const ours = rates.get(compared)?.median ?? NaN;
  const rows = [...runs].map(([side, own]): Cell[] => {
    const { median, min, max } = rates.get(side) ?? spreadOf([]);
    const total = (of: (run: SideRun) => number) => own.reduce((sum, run) => sum + of(run), 0);
    return [
      side,
      Math.round(median),
      `${Math.round(min).toLocaleString('en')}..${Math.round(max).toLocaleString('en')}`,
      `${(ours / median).toFixed(1)}x`,
      total(({ commands }) => commands),
      Number((total(({ seconds }) => seconds) / own.length).toFixed(1)),
      total(({ granted }) => granted),
      total(({ refused }) => refused),
      total(({ oversold }) => oversold),
    ];
  });
  const head = ['side', `${unit}/s`, 'min..max', `${compared} is`, unit, 's a run'];
  return { title, head: [...head, 'granted', 'refused', 'oversold'], rows, note };
}

/** Answers a second over the runs of one side. */
export function rateOf(runs: readonly SideRun[]): Spread {
  return spreadOf(runs.map(({ commands, seconds }) => commands / seconds));
}
