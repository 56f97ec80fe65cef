import type { Scale } from './benchmark.ts';
import type { ProgressView } from './progressView.ts';
import type { Side, SideRun } from './side.ts';

/**
 * All sides, round after round, each round begun by another one. `sidesOf` is told whether the
 * round is the last. Returns the runs by side, in the order in which the sides are listed.
 */
export async function inRounds<Work, Name extends string>(
  what: string,
  scale: Scale,
  view: ProgressView,
  sidesOf: (isLast: boolean) => Side<Work, Name>[],
  workFor: (side: Name) => Work,
): Promise<Map<Name, SideRun[]>> {
  const runs = new Map<Name, SideRun[]>(sidesOf(false).map(({ name }) => [name, []]));
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

function rotated<Item>(items: Item[], by: number): Item[] {
  const from = by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}
