import type { Consumer } from 'kafkajs';
import { messageOf } from '../src/ops/errors.ts';
import type { Logger } from '../src/ops/logger.ts';
import type { FeedPosition } from './feedHandlers.ts';

/** Leaves positions with a consumer's group. */
export class FeedCommits {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #logger: Logger;
  /** Offsets that the group has of us. */
  readonly #committed = new Map<number, number>();

  constructor(consumer: Consumer, topic: string, logger: Logger) {
    this.#consumer = consumer;
    this.#topic = topic;
    this.#logger = logger;
  }

  /** Forgets what the group has: others may have written since. */
  clear(): void {
    this.#committed.clear();
  }

  /** Commits what has moved. A commit that fails is logged, and made up for by the next. */
  async commit(positions: readonly FeedPosition[]): Promise<void> {
    const moved = positions.filter(({ partition, offset }) => {
      return offset !== this.#committed.get(partition);
    });
    if (moved.length === 0) return;
    const topic = this.#topic;
    try {
      await this.#consumer.commitOffsets(
        moved.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) })),
      );
      for (const { partition, offset } of moved) this.#committed.set(partition, offset);
    } catch (error) {
      this.#logger.warn({ reason: messageOf(error) }, 'position not committed');
    }
  }
}
