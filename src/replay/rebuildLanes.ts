import type { Settings } from '../config/settings.ts';
import { operatorConnection } from '../storage/operatorConnection.ts';
import { type RunningOperation, asOperation } from './asOperation.ts';
import { type LaneChoice, chosenLanes } from './chosenLanes.ts';
import { type LaneOutcomes, eachLane } from './eachLane.ts';
import { FoldTally } from './foldTally.ts';
import { withLaneSources } from './laneSources.ts';
import { type RebuiltLane, rebuildLane } from './rebuildLane.ts';

/** What to rebuild, and from where. */
export interface RebuildRequest extends LaneChoice {
  from: 'start' | 'checkpoint';
}

type Show = (done: number, expected: number) => void;

/** Says what rebuilding lanes would change, and changes nothing. */
export async function planRebuild(
  settings: Settings,
  request: RebuildRequest,
  show: Show,
): Promise<LaneOutcomes<RebuiltLane>> {
  const connection = await operatorConnection(settings);
  try {
    const lanes = await chosenLanes(connection, settings, request);
    return await rebuildEach(settings, request, lanes, undefined, show);
  } finally {
    await connection.end();
  }
}

/** Makes lanes what their logs say, each in one transaction, as an operation. */
export function rebuildLanes(
  settings: Settings,
  request: RebuildRequest,
  show: Show,
): Promise<LaneOutcomes<RebuiltLane>> {
  return asOperation(
    settings,
    { verb: 'replay rebuild', arguments: { ...request } },
    async (operation) => {
      const lanes = await chosenLanes(operation.connection, settings, request);
      return rebuildEach(settings, request, lanes, operation, show);
    },
    ({ done, failed }) => {
      const mended = done.filter(({ isSame }) => !isSame);
      const names = mended.map(({ engine, lane }) => `${engine} ${lane}`).join(', ') || 'none';
      const same = done.length - mended.length;
      return `rebuilt: ${names}; the same: ${same}; failed: ${failed.length}`;
    },
  );
}

function rebuildEach(
  settings: Settings,
  { from }: RebuildRequest,
  lanes: Parameters<typeof eachLane>[1],
  operation: RunningOperation | undefined,
  show: Show,
): Promise<LaneOutcomes<RebuiltLane>> {
  const tally = new FoldTally(show);
  return withLaneSources(settings, (sources) =>
    eachLane(settings, lanes, (lane) => rebuildLane(sources, lane, from, operation, tally)),
  );
}
