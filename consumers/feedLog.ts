import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { invariant } from '../src/ops/errors.ts';
import { type FeedSnapshot, readFeedSnapshot } from './feedSnapshot.ts';

/** What a feed wants to know of Kafka, apart from the records. */
export class FeedLog {
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #groupId: string;
  readonly #topic: string;
  #connected: Admin | undefined;

  constructor(settings: Settings, logger: Logger, groupId: string) {
    this.#settings = settings;
    this.#logger = logger;
    this.#groupId = groupId;
    this.#topic = topicRegistry(settings).stockEvents.name;
  }

  async connect(): Promise<void> {
    this.#connected = await connectAdmin(this.#settings, this.#logger);
  }

  /** Next offsets by partition, as far as the group has committed any. */
  async committed(): Promise<Map<number, number>> {
    const groupId = this.#groupId;
    const [found] = await this.#admin.fetchOffsets({ groupId, topics: [this.#topic] });
    const offsets = (found?.partitions ?? []).map(({ partition, offset }) => {
      return [partition, Number(offset)] as const;
    });
    // Kafka says −1 where there is none.
    return new Map(offsets.filter(([, offset]) => offset >= 0));
  }

  /** Oldest offset of a partition of `stock.events`. */
  async oldest(partition: number): Promise<number> {
    const bounds = await this.#admin.fetchTopicOffsets(this.#topic);
    return Number(bounds.find((it) => it.partition === partition)?.low ?? 0);
  }

  snapshots(partitions: readonly number[]): Promise<Map<number, FeedSnapshot>> {
    return readFeedSnapshot(this.#settings, this.#logger, this.#admin, partitions);
  }

  /** Nobody must be left in the group when it is to be forgotten. */
  async disconnect(forgetGroup: boolean): Promise<void> {
    const admin = this.#connected;
    if (!admin) return;
    // The broker forgets it by itself, but only after a while.
    if (forgetGroup) await admin.deleteGroups([this.#groupId]).catch(() => undefined);
    await admin.disconnect();
  }

  get #admin(): Admin {
    invariant(this.#connected, 'the feed is not connected');
    return this.#connected;
  }
}
