import type { Settings } from '../config/settings.ts';
import { asOperation } from './asOperation.ts';
import { type LaneChoice, chosenLanes } from './chosenLanes.ts';
import { type CreatedCheckpoint, createCheckpoint } from './createCheckpoint.ts';
import { type LaneOutcomes, eachLane } from './eachLane.ts';
import { FoldTally } from './foldTally.ts';
import { withLaneSources } from './laneSources.ts';

/** Makes a checkpoint of each chosen lane, as an operation. */
export function createCheckpoints(
  settings: Settings,
  choice: LaneChoice,
  show: (done: number, expected: number) => void,
): Promise<LaneOutcomes<CreatedCheckpoint>> {
  const tally = new FoldTally(show);
  return asOperation(
    settings,
    { verb: 'checkpoint create', arguments: { ...choice } },
    async (operation) => {
      const lanes = await chosenLanes(operation.connection, settings, choice);
      return withLaneSources(settings, (sources) =>
        eachLane(settings, lanes, (lane) => createCheckpoint(sources, lane, operation, tally)),
      );
    },
    ({ done, failed }) => {
      const made = done.filter(({ isNew }) => isNew).length;
      return `made: ${made}; there already: ${done.length - made}; failed: ${failed.length}`;
    },
  );
}
