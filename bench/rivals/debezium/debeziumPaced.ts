import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenLoadRun } from '../../answerClock.ts';
import { openLoop } from '../../openLoop.ts';
import { untilRead } from '../../untilRead.ts';
import { CommitClock } from './commitClock.ts';
import type { DebeziumSetting } from './debeziumRelay.ts';
import { withDebezium } from './withDebezium.ts';

const warmUpSeconds = 3;
const answerMsMax = 30_000;

/** From the end of a COMMIT with one event until the event was read, at so many a second. */
export function debeziumPaced(
  setting: DebeziumSetting,
  perSecond: number,
  seconds: number,
): Promise<OpenLoadRun> {
  const clock = new CommitClock();
  return withDebezium(
    setting,
    async (relay, arrivals) => {
      let next = 1;
      let failure: unknown;
      const load = async (count: number) => {
        await openLoop(perSecond, count, () => {
          const number = next++;
          relay.commit(number, number + 1).then(
            () => clock.committed(number),
            (error: unknown) => (failure = error),
          );
        });
        for (const since = Date.now(); arrivals.events < next; await sleep(10)) {
          relay.requireAlive();
          if (failure) throw failure as Error;
          if (Date.now() - since > answerMsMax) break;
        }
      };
      relay.start();
      await relay.commit(0, 1);
      await untilRead(1, arrivals, [relay]);
      await load(perSecond * warmUpSeconds);
      clock.restart();
      await load(perSecond * seconds);
      return { ...clock.summary(), missing: next - arrivals.events };
    },
    (number) => clock.read(number),
  );
}
