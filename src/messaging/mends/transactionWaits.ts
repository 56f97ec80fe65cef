import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

type Send = (this: unknown, request: unknown) => Promise<unknown>;

/**
 * Tried again for about 15 s: as long as a broker takes to end a dead predecessor's transaction.
 */
const coordinatorRetry = { initialRetryTime: 10, maxRetryTime: 1000, retries: 20 };

const firstWaitMs = 1;
const longestWaitMs = 50;
const patienceMs = 5000;

/** Requests that are refused, with no effect, while the transaction before is being ended. */
const firstRequests = ['addPartitionsToTxn', 'addOffsetsToTxn'];

/** What kafkajs calls these refusals, and the names under which its offset commit retries them. */
const commitRetryNames: Record<string, string> = {
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
};

/**
 * A transaction that follows another is refused for the few milliseconds in which the broker
 * writes the end of the first one. kafkajs then waits 300 ms, so it reaches 3 transactions per
 * second (#304), and the coordinator calls cannot be told otherwise: they look for retry times in
 * `cluster.retry`, which nothing ever sets. It is set here, and the first call of a transaction
 * waits in milliseconds, before any record has a sequence number to roll back. The commit of
 * offsets gave up at once where it means to retry, because it asks for names that do not occur.
 */
export function mendTransactionWaits(load: LoadInternal): void {
  const { prototype } = load('cluster') as { prototype: { retry?: object } };
  prototype.retry = coordinatorRetry;
  const broker = load('broker');
  for (const name of firstRequests) {
    patchMethod<unknown, Send>(
      broker,
      name,
      (send) =>
        function (request) {
          return whileConcurrent(() => send.call(this, request));
        },
    );
  }
  patchMethod<unknown, Send>(
    broker,
    'txnOffsetCommit',
    (send) =>
      async function (request) {
        try {
          return await send.call(this, request);
        } catch (error) {
          const refusal = error as { type?: string };
          const name = commitRetryNames[refusal.type ?? ''];
          if (name !== undefined) refusal.type = name;
          throw error;
        }
      },
  );
}

async function whileConcurrent(send: () => Promise<unknown>): Promise<unknown> {
  const deadline = Date.now() + patienceMs;
  for (let wait = firstWaitMs; ; wait = Math.min(2 * wait, longestWaitMs)) {
    try {
      return await send();
    } catch (error) {
      const { type } = error as { type?: string };
      if (type !== 'CONCURRENT_TRANSACTIONS' || Date.now() > deadline) throw error;
    }
    await sleep(wait);
  }
}
