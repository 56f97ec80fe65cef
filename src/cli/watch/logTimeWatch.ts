import type { Condition } from '../../ops/conditions.ts';
import type { Progress } from '../../storage/progress.ts';

/** Clocks of machines that are kept in time differ by far less. */
const aheadMsMax = 60_000;

type LaneTime = Pick<Progress, 'engine' | 'lane' | 'logTime'>;

/**
 * Lanes whose log time is far ahead of every clock that is at hand: MySQL's and this process' own.
 * One clock may be wrong; a log time ahead of both was made by another one.
 */
export class LogTimeWatch {
  readonly #since = new Map<string, string>();
  #clockAheadMs = 0;

  /** MySQL's time when it is now, in ms since 1970. */
  databaseTime(now: number): void {
    this.#clockAheadMs = now - Date.now();
  }

  conditions(lanes: readonly LaneTime[], now = Date.now()): Condition[] {
    const latest = now + Math.max(0, this.#clockAheadMs);
    const ahead = lanes.filter(({ logTime }) => logTime > latest + aheadMsMax);
    const names = new Set(ahead.map(nameOf));
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
    return ahead.map((lane) => {
      const since = this.#since.get(nameOf(lane)) ?? new Date(now).toISOString();
      this.#since.set(nameOf(lane), since);
      const seconds = Math.round((lane.logTime - latest) / 1000);
      return {
        code: 'LOG_TIME_AHEAD',
        engine: lane.engine,
        lane: lane.lane,
        since,
        reason: `its log time is ${seconds} s ahead of every clock`,
        hint:
          'Look at the clocks of the brokers and at message.timestamp.type of the topic. ' +
          'Deadlines count from this time on: until the clocks have caught up, nothing expires.',
      };
    });
  }
}

function nameOf({ engine, lane }: LaneTime): string {
  return `${engine} ${lane}`;
}
