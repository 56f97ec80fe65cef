import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import type { Condition } from '../ops/conditions.ts';
import { openDatabase } from '../storage/database.ts';
import type { Progress } from '../storage/progress.ts';
import { type Behind, LaneFollower } from './laneFollower.ts';
import { type ViewClient, openViewClient } from './viewClient.ts';

const behindMsMax = 30_000;

/**
 * Keeps the view in Redis up to date for a process, lane by lane. It has connections of its own to
 * Redis and (to read what was missed) to MySQL, so that nothing of the engine ever waits for it.
 */
export class ViewWriter {
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #client: ViewClient;
  readonly #pool: Pool;
  readonly #followers = new Set<LaneFollower>();
  #droppedBefore = 0;

  constructor(settings: Settings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#client = openViewClient(settings);
    // It may have been wiped, or restored from an old dump, while the connection was gone.
    this.#client.on('ready', () => {
      for (const follower of this.#followers) follower.affirm();
    });
    this.#pool = openDatabase(settings, 'read', 2);
  }

  /**
   * For the owner of a lane of the stock engine, from its claim on: `offer` what is published, and
   * `close` when the lane goes. Returns at once, whether or not Redis answers.
   */
  follow(claim: Progress): Pick<LaneFollower, 'offer' | 'close'> {
    const context = {
      settings: this.#settings,
      logger: this.#logger,
      client: this.#client,
      pool: this.#pool,
    };
    const follower = new LaneFollower(context, claim);
    this.#followers.add(follower);
    return {
      offer: (rows) => follower.offer(rows),
      close: async () => {
        await follower.close();
        if (this.#followers.delete(follower)) this.#droppedBefore += follower.dropped;
      },
    };
  }

  /** Rows that did not go to Redis at once, but by way of MySQL, or still have to. */
  get dropped(): number {
    let dropped = this.#droppedBefore;
    for (const follower of this.#followers) dropped += follower.dropped;
    return dropped;
  }

  /** Lanes of which Redis is known to lack something, or was not asked yet. */
  get lanesBehind(): number {
    return [...this.#followers].filter((follower) => !follower.isInStep).length;
  }

  /** Lanes that are behind for longer than a Redis takes to fail over. */
  conditions(now = Date.now()): Condition[] {
    const lanes: number[] = [];
    let first: Behind | undefined;
    for (const { behind, lane } of this.#followers) {
      if (!behind || now - behind.since < behindMsMax) continue;
      lanes.push(lane);
      if (!first || behind.since < first.since) first = behind;
    }
    if (!first) return [];
    return [
      {
        code: 'VIEW_BEHIND',
        since: new Date(first.since).toISOString(),
        reason: `lanes ${lanes.sort((a, b) => a - b).join(', ')} of the view: ${first.reason}`,
        hint: 'Look at Redis and at ONHAND_REDIS_*. Nothing is lost: it is made up for by itself.',
      },
    ];
  }

  /** Ends what still follows, and the connections. */
  async stop(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.close()));
    this.#client.disconnect();
    await this.#pool.end();
  }
}
