import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface TopicPartitions {
  topic: string;
  partitions: number[];
}
interface ConsumerGroup {
  maxWaitTime: number;
  cluster: { refreshMetadataIfNecessary(): Promise<void> };
  subscriptionState: { assigned(): TopicPartitions[]; active(): TopicPartitions[] };
  checkForStaleAssignment(): void;
  filterPartitionsByNode(node: string, topicPartitions: TopicPartitions[]): TopicPartitions[];
  seekOffsets(topicPartitions: TopicPartitions[]): Promise<void>;
  recoverFromFetch(error: unknown): Promise<void>;
}
type Fetch = (this: ConsumerGroup, node: string) => Promise<unknown[]>;
type Resume = (this: ConsumerGroup, topicPartitions: TopicPartitions[]) => void;

/** As long as a lane with room again may wait for a fetch that was begun without it. */
const waitMsWhilePaused = 100;
const ownWaits = new WeakMap<ConsumerGroup, number>();

/**
 * When every partition is paused, kafkajs' fetch loop sleeps for `maxWaitTimeInMs` and does not
 * notice a resume before that. Under back-pressure each such pause would cost that time; now
 * resume ends the sleep. And an open fetch is not told of a resume either, so that one which leaves
 * a paused partition out does not wait for long.
 */
export function mendResumeWake(load: LoadInternal): void {
  const sleepers = new WeakMap<ConsumerGroup, Set<() => void>>();
  const consumerGroup = load('consumer/consumerGroup');

  patchMethod<ConsumerGroup, Fetch>(
    consumerGroup,
    'fetch',
    (fetch) =>
      async function (node) {
        const wait = ownWait(this);
        let work: boolean;
        try {
          work = await hasWork(this, node);
        } catch (error) {
          await this.recoverFromFetch(error);
          return [];
        }
        if (work) return fetch.call(this, node);
        await untilResumed(this, wait);
        return [];
      },
  );
  patchMethod<ConsumerGroup, Resume>(
    consumerGroup,
    'resume',
    (resume) =>
      function (topicPartitions) {
        resume.call(this, topicPartitions);
        for (const wake of sleepers.get(this) ?? []) wake();
      },
  );

  function untilResumed(group: ConsumerGroup, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const sleeping = sleepers.get(group) ?? new Set();
      sleepers.set(group, sleeping);
      const wake = () => {
        clearTimeout(timer);
        sleeping.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      sleeping.add(wake);
    });
  }
}

/**
 * The wait that the owner has set. kafkajs reads the group's whenever it fetches from a broker, and
 * fetches from several at once: from now on it reads what is right at that moment.
 */
function ownWait(group: ConsumerGroup): number {
  const known = ownWaits.get(group);
  if (known !== undefined) return known;
  const own = group.maxWaitTime;
  ownWaits.set(group, own);
  Object.defineProperty(group, 'maxWaitTime', {
    get: () => (isAnyPaused(group) ? Math.min(own, waitMsWhilePaused) : own),
  });
  return own;
}

function isAnyPaused({ subscriptionState }: ConsumerGroup): boolean {
  const count = (of: TopicPartitions[]) => of.reduce((sum, one) => sum + one.partitions.length, 0);
  return count(subscriptionState.active()) < count(subscriptionState.assigned());
}

/**
 * Whether this broker leads a partition that is not paused. What is due while idle is done here.
 */
async function hasWork(group: ConsumerGroup, node: string): Promise<boolean> {
  await group.cluster.refreshMetadataIfNecessary();
  group.checkForStaleAssignment();
  const active = group.filterPartitionsByNode(node, group.subscriptionState.active());
  if (active.some(({ partitions }) => partitions.length > 0)) return true;
  const assigned = group.filterPartitionsByNode(node, group.subscriptionState.assigned());
  await group.seekOffsets(assigned);
  // Reading the group's offsets takes a round trip, in which a partition may have been resumed.
  const now = group.filterPartitionsByNode(node, group.subscriptionState.active());
  return now.some(({ partitions }) => partitions.length > 0);
}
