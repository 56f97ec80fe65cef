import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import type { Settings } from '../config/settings.ts';
import { LocalTasks, type TaskPool } from './taskPool.ts';
import { ThreadPool } from './threadPool.ts';
import type { WhatIfItem, WhatIfReport, WhatIfTask } from './whatIf.ts';
import { openWhatIfTasks } from './whatIfTasks.ts';

/** What several lanes have led to, and would have led to. */
export type WhatIfSum = Pick<WhatIfReport, 'records' | 'reserved' | 'total'> & {
  lanes: Pick<WhatIfReport, 'lane' | 'from' | 'to'>[];
  /** Stock items for which something differs, the most different first. */
  items: WhatIfItem[];
};

const threadFile = join(packageRoot, 'dist', 'src', 'replay', 'whatIfThread.js');

/**
 * Folds lanes for a what-if, in so many threads; with one, in this one. `onProgress` is told of
 * records as they are folded. Throws the first error of a lane: half an answer would look like a
 * whole one.
 */
export async function whatIfLanes(
  settings: Settings,
  tasks: readonly WhatIfTask[],
  threads: number,
  onProgress: (count: number) => void,
): Promise<WhatIfSum> {
  const pool: TaskPool<WhatIfTask, WhatIfReport> =
    threads === 1
      ? new LocalTasks(await openWhatIfTasks(settings))
      : new ThreadPool(threadFile, { settings }, threads);
  try {
    const outcomes = await pool.run(tasks, onProgress);
    return sumOf(
      outcomes.map((outcome) => {
        if ('failure' in outcome) throw outcome.failure;
        return outcome.result;
      }),
    );
  } finally {
    await pool.close();
  }
}

function sumOf(reports: readonly WhatIfReport[]): WhatIfSum {
  const sum = (value: (report: WhatIfReport) => number) =>
    reports.reduce((total, report) => total + value(report), 0);
  const totalOf = (fold: 'now' | 'whatIf') => ({
    refused: sum(({ total }) => total[fold].refused),
    sold: sum(({ total }) => total[fold].sold),
  });
  return {
    lanes: reports.map(({ lane, from, to }) => ({ lane, from, to })),
    records: sum(({ records }) => records),
    reserved: {
      all: sum(({ reserved }) => reserved.all),
      byDefault: sum(({ reserved }) => reserved.byDefault),
    },
    total: { now: totalOf('now'), whatIf: totalOf('whatIf') },
    items: reports.flatMap(({ items }) => items).sort(byDifference),
  };
}

function byDifference(a: WhatIfItem, b: WhatIfItem): number {
  for (const name of ['sold', 'refused', 'peakReserved'] as const) {
    const size = ({ now, whatIf }: WhatIfItem) => Math.abs(whatIf[name] - now[name]);
    if (size(a) !== size(b)) return size(b) - size(a);
  }
  return a.sku < b.sku ? -1 : 1;
}
