import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface Coordinator {
  isConnected(): boolean;
}
interface ConsumerGroup {
  groupId: string;
  coordinator: Coordinator | null;
  offsetManager: { coordinator: Coordinator } | null;
  cluster: {
    refreshMetadata(): Promise<void>;
    removeBroker(at: object): void;
    findGroupCoordinator(of: { groupId: string }): Promise<Coordinator>;
  };
}
interface KafkaError extends Error {
  type?: string;
  cause?: unknown;
}
interface Connection {
  socket?: Socket;
}
type Disconnect = (this: Connection) => Promise<unknown>;
type Heartbeat = (this: ConsumerGroup, options: object) => Promise<void>;
type Recover = (this: ConsumerGroup, error: KafkaError) => Promise<void>;

/** Until a broker is asked again that could not be reached or does not lead: others lead soon. */
const waitMs = 500;

const unreachable = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSConnectionClosedError',
  'KafkaJSConnectionError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSRequestTimeoutError',
]);
const otherLeader = new Set([
  'FENCED_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_LEADER_EPOCH',
]);
const otherCoordinator = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/**
 * One broker that is away stops the fetches from all, and after 15 such failures in its whole life
 * a consumer gives up and joins anew. A coordinator that is away is asked until then, and never
 * looked for elsewhere. A leader that has moved makes the whole group join anew. Now only the
 * fetches from the broker that fails wait, until it is back or others lead, and the group's new
 * coordinator is looked for meanwhile: it knows the members of the one before.
 */
export function mendBrokerAway(load: LoadInternal): void {
  const searching = new WeakSet<ConsumerGroup>();
  const consumerGroup = load('consumer/consumerGroup');

  patchMethod<ConsumerGroup, Heartbeat>(
    consumerGroup,
    'heartbeat',
    (heartbeat) =>
      async function (options) {
        if (searching.has(this)) return;
        try {
          await heartbeat.call(this, options);
        } catch (error) {
          if (!isAway(error) && !isOf(otherCoordinator, error)) throw error;
          void findCoordinator(this);
        }
      },
  );
  patchMethod<ConsumerGroup, Recover>(
    consumerGroup,
    'recoverFromFetch',
    (recover) =>
      async function (error) {
        const isCoordinators = isOf(otherCoordinator, error);
        if (!isAway(error) && !isCoordinators && !isOf(otherLeader, error)) {
          await recover.call(this, error);
          return;
        }
        if (error.name === 'KafkaJSConnectionClosedError') this.cluster.removeBroker(error);
        // What is asked of the coordinator between two fetches may be what has failed.
        if (isCoordinators || this.coordinator?.isConnected() === false) void findCoordinator(this);
        await sleep(waitMs);
        try {
          await this.cluster.refreshMetadata();
        } catch (failure) {
          if (!isAway(failure) && !isOf(otherLeader, failure)) throw failure;
        }
      },
  );

  patchMethod<Connection, Disconnect>(
    load('network/connection'),
    'disconnect',
    (disconnect) =>
      async function () {
        const ended = await disconnect.call(this);
        // A socket that is gone waits to be connected before it lets the process end: for ever,
        // and once more after each try to reach its broker.
        if (this.socket?.destroyed) this.socket.removeAllListeners('connect');
        return ended;
      },
  );

  /** Never throws. Without success the next heartbeat fails again, and leads here again. */
  async function findCoordinator(group: ConsumerGroup): Promise<void> {
    if (searching.has(group)) return;
    searching.add(group);
    try {
      const { groupId } = group;
      const coordinator = await group.cluster.findGroupCoordinator({ groupId });
      group.coordinator = coordinator;
      if (group.offsetManager) group.offsetManager.coordinator = coordinator;
    } catch {
      await sleep(waitMs);
    } finally {
      searching.delete(group);
    }
  }
}

/** Also what kafkajs says when it has tried for long enough, with the reason as its cause. */
function isAway(error: unknown): boolean {
  const { name, cause } = error as KafkaError;
  return unreachable.has(name) || (cause instanceof Error && isAway(cause));
}

function isOf(types: ReadonlySet<string>, error: unknown): boolean {
  const { type = '', cause } = error as KafkaError;
  return types.has(type) || (cause instanceof Error && isOf(types, cause));
}
