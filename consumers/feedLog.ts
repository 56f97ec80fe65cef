import type { Admin } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { invariant } from '../src/ops/errors.ts';
import { requireOwnGroup } from './groupMembers.ts';
import { committedOffsets, takeOverPositions } from './takeOverPositions.ts';
import type { Logger } from '../src/ops/logger.ts';
import { type FeedSnapshot, readFeedSnapshot } from './feedSnapshot.ts';

/** What a feed wants to know of Kafka, apart from the records. */
export class FeedLog {
  readonly #settings: ClientSettings;
  readonly #logger: Logger;
  readonly #groupId: string;
  readonly #topic: string;
  readonly #partitions: number;
  #connected: Admin | undefined;

  constructor(settings: ClientSettings, logger: Logger, groupId: string) {
    this.#settings = settings;
    this.#logger = logger;
    this.#groupId = groupId;
    const { name, partitions } = topicRegistry(settings).stockEvents;
    this.#topic = name;
    this.#partitions = partitions;
  }

  async connect(): Promise<void> {
    this.#connected = await connectAdmin(this.#settings, this.#logger);
  }

  /** Next offsets by partition, as far as the group has committed any. */
  committed(): Promise<Map<number, number>> {
    return committedOffsets(this.#admin, this.#groupId, this.#topic);
  }

  /** At the first start of a group: goes on where the group without the prefix has been. */
  async takeOver(bareGroupId: string): Promise<void> {
    const names = { topic: this.#topic, from: bareGroupId, to: this.#groupId };
    const taken = await takeOverPositions(this.#admin, this.#settings, names);
    if (taken > 0) this.#logger.info(names, 'positions of the group were taken over');
  }

  /** Throws GROUP_SHARED when others' readers are in it, and while it cannot be told, plainly. */
  async requireOwnGroup(begins: boolean, assigned: number): Promise<void> {
    const wanted = { topic: this.#topic, partitions: this.#partitions, begins };
    const isAtRest = await requireOwnGroup(this.#admin, this.#groupId, wanted);
    // A member with partitions is told when they change; one without might wait in vain.
    if (!isAtRest && assigned === 0) throw new Error('the consumer group is on the move');
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
