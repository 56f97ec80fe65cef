import type { ResultTable } from '../../benchmark.ts';
import { spreadText } from '../../latencyTable.ts';
import { spreadOf } from '../../statistics.ts';
import type { AnsweredRun } from './answerWorkload.ts';

const note = `Closed loop: each caller waits for its answer, then calls again. onhand is called by
its upstream client, which sends to Kafka and reads the answer from Kafka; restate over HTTP, on a
connection per caller.`;

/** A row per count of callers and side: medians over the rounds. */
export function answeredTable(
  title: string,
  runs: readonly (AnsweredRun & { side: string; callers: number })[],
): ResultTable {
  const groups = new Map<string, (typeof runs)[number][]>();
  for (const run of runs) {
    const key = `${run.callers} ${run.side}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const rows = [...groups.values()].map((own) => [
    own[0]?.callers ?? NaN,
    own[0]?.side ?? '',
    Math.round(spreadOf(own.map(({ perSecond }) => perSecond)).median),
    spreadText(own.map(({ p50 }) => p50)),
    spreadText(own.map(({ p99 }) => p99)),
  ]);
  const head = ['callers', 'side', 'answers/s', 'p50 ms (min..max)', 'p99 ms'];
  return { title, head, rows, note };
}
