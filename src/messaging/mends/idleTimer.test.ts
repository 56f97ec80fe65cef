import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { mendIdleTimer } from './idleTimer.ts';

interface Entry {
  entry: { correlationId: number; resolve: () => void; reject: (error: Error) => void };
  expectResponse: boolean;
  sendRequest: () => void;
}
interface RequestQueue {
  push(request: Entry): void;
  fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void;
  maybeThrottle(ms: number): void;
  scheduleRequestTimeoutCheck(): void;
  isConnected: () => boolean;
  checkPendingRequests(): void;
  destroy(): void;
}
type RequestQueueClass = new (options: object) => RequestQueue;

describe('mendIdleTimer', () => {
  const queues: RequestQueue[] = [];

  function newQueue(mended: boolean, timeouts: object = { enforceRequestTimeout: false }) {
    const load = freshKafkajs();
    if (mended) mendIdleTimer(load);
    const queue = new (load('network/requestQueue') as RequestQueueClass)({
      maxInFlightRequests: null,
      requestTimeout: 1000,
      logger: silentKafkaLogger,
      ...timeouts,
    });
    queues.push(queue);
    return queue;
  }

  /** How often the queue looks at itself in 100 idle milliseconds, after one answer. */
  async function idleChecks(queue: RequestQueue): Promise<number> {
    push(queue, 1);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    let checks = 0;
    const check = queue.checkPendingRequests.bind(queue);
    queue.checkPendingRequests = () => {
      checks++;
      check();
    };
    await sleep(100);
    return checks;
  }

  afterEach(() => {
    for (const queue of queues.splice(0)) {
      queue.checkPendingRequests = () => undefined;
      queue.destroy();
    }
  });

  it('ends the timer loop of an idle connection', async () => {
    expect(await idleChecks(newQueue(false))).to.be.above(0);
    expect(await idleChecks(newQueue(true))).to.equal(0);
  });

  it('looks for overdue requests once a second, not ten times', async () => {
    const looks = async (mended: boolean) => {
      const timeouts = { enforceRequestTimeout: true, requestTimeout: 30_000 };
      const queue = newQueue(mended, timeouts);
      let count = 0;
      queue.isConnected = () => ++count > 0;
      queue.scheduleRequestTimeoutCheck();
      await sleep(450);
      return count;
    };
    const [unmended, mended] = await Promise.all([looks(false), looks(true)]);
    expect(unmended).to.be.above(0);
    expect(mended).to.equal(0);
  });

  it('still ends a request that has waited for too long', async () => {
    const queue = newQueue(true, { enforceRequestTimeout: true, requestTimeout: 50 });
    queue.scheduleRequestTimeoutCheck();
    const failure = new Promise<{ name: string }>((reject) => {
      const entry = { correlationId: 1, resolve: () => undefined, reject };
      queue.push({ entry, expectResponse: true, sendRequest: () => undefined });
    });
    expect((await failure).name).to.equal('KafkaJSRequestTimeoutError');
  });

  it('still sends what had to wait for throttling', async () => {
    const queue = newQueue(true);
    queue.maybeThrottle(40);
    let sent = false;
    push(queue, 1, () => (sent = true));
    expect(sent).to.equal(false);
    await waitUntil('the end of throttling', () => sent);
  });
});

function push(
  queue: RequestQueue,
  correlationId: number,
  sendRequest: () => void = () => undefined,
) {
  const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
  queue.push({ entry, expectResponse: true, sendRequest });
}
