import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface Broker {
  isConnected(): boolean;
}
interface Coordinator {
  groupId: string;
  coordinatorType: number;
}
type Find = (this: object, coordinator: Coordinator) => Promise<Broker>;
type Send = (this: unknown, request: unknown) => Promise<unknown>;

interface Found {
  broker: Broker;
  failuresBefore: number;
}

/**
 * kafkajs asks who the coordinator is before each of the four calls of a transaction: as many
 * requests again as the transaction itself needs. A client now remembers the answer, while it is
 * connected to that coordinator and until any request fails: then it asks again.
 */
export function mendCoordinatorLookups(load: LoadInternal): void {
  const memories = new WeakMap<object, Map<string, Found>>();
  let failures = 0;

  patchMethod<object, Find>(
    load('cluster'),
    'findGroupCoordinator',
    (find) =>
      async function (coordinator) {
        const memory = memories.get(this) ?? new Map<string, Found>();
        memories.set(this, memory);
        const key = `${coordinator.coordinatorType} ${coordinator.groupId}`;
        const found = memory.get(key);
        if (found?.failuresBefore === failures && found.broker.isConnected()) return found.broker;
        const failuresBefore = failures;
        const broker = await find.call(this, coordinator);
        memory.set(key, { broker, failuresBefore });
        return broker;
      },
  );
  patchMethod<unknown, Send>(
    load('network/connectionPool'),
    'send',
    (send) =>
      async function (request) {
        try {
          return await send.call(this, request);
        } catch (error) {
          // Says only that the transaction before is being ended, and by the right coordinator.
          if ((error as { type?: string }).type !== 'CONCURRENT_TRANSACTIONS') failures++;
          throw error;
        }
      },
  );
}
