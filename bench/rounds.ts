import type { Scale } from './benchmark.ts';
import type { ProgressView } from './progressView.ts';
import type { Side, SideRun } from './side.ts';

/**
 * All sides, round after round, each round begun by another one. `sidesOf` is told whether the
 * round is the last. Returns the runs by side, in the order in which the sides are listed.
 */
export async function inRounds<Work>(
  what: string,
  scale: Pick<Scale, 'rounds'>,
  view: ProgressView,
  sidesOf: (isLast: boolean) => Side<Work>[],
  workFor: (side: string) => Work,
): Promise<Map<string, SideRun[]>> {
  const runs = new Map<string, SideRun[]>(sidesOf(false).map(({ name }) => [name, []]));
  for (let round = 0; round < scale.rounds; round++) {
    for (const side of rotated(sidesOf(round === scale.rounds - 1), round)) {
      view.step(`${what}, round ${round + 1} of ${scale.rounds}: ${side.name}`);
      runs.get(side.name)?.push(await side.run(workFor(side.name), view));
    }
  }
  return runs;
}

/** The faults of all runs, each with the side on which it was found. */
export function faultsOf(what: string, runs: ReadonlyMap<string, SideRun[]>): string[] {
  return [...runs].flatMap(([side, own]) =>
    own.flatMap((run) => run.faults.map((fault) => `${what}, ${side}: ${fault}`)),
  );
}

/** The same items in the same order, begun at another. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const from = by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}
