import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { messageOf } from '../ops/errors.ts';
import type { Progress } from '../storage/progress.ts';
import { pruneOutbox } from '../storage/pruneOutbox.ts';

const intervalMs = 60_000;

/**
 * Deletes outbox rows that are published and whose commands need no longer be remembered, for the
 * lanes of this process. Log time decides, so a lane that stands still forgets nothing.
 */
export class OutboxPruner {
  readonly #pool: Pool;
  readonly #logger: Logger;
  readonly #memoryMs: number;
  readonly #progress: () => Progress[];
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  /** `memoryMs`: how long command ids are remembered; `progress`: of the lanes that are ours. */
  constructor(pool: Pool, logger: Logger, memoryMs: number, progress: () => Progress[]) {
    this.#pool = pool;
    this.#logger = logger;
    this.#memoryMs = memoryMs;
    this.#progress = progress;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#working = this.#working.then(() => this.prune());
    }, intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
  }

  async prune(): Promise<void> {
    for (const claim of this.#progress()) {
      const { lane } = claim;
      try {
        const rows = await pruneOutbox(this.#pool, claim, this.#memoryMs);
        if (rows > 0) this.#logger.info({ lane, rows }, 'outbox pruned');
      } catch (error) {
        this.#logger.warn({ lane, reason: messageOf(error) }, 'outbox not pruned');
      }
    }
  }
}
