import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface Runner {
  running: boolean;
  consumerGroup: { cluster: { disconnect(): Promise<void> } };
  stop(): Promise<void>;
}
type Step = (this: Runner) => Promise<void>;

/**
 * A consumer that is stopped while it joins its group takes no notice, and goes on consuming after
 * its owner's disconnect() is through. Now it stops as soon as it has joined.
 */
export function mendStopWhileJoining(load: LoadInternal): void {
  const stopped = new WeakSet<Runner>();
  const runner = load('consumer/runner');
  patchMethod<Runner, Step>(
    runner,
    'stop',
    (stop) =>
      function () {
        stopped.add(this);
        return stop.call(this);
      },
  );
  patchMethod<Runner, Step>(
    runner,
    'start',
    (start) =>
      async function () {
        await start.call(this);
        if (!this.running || !stopped.has(this)) return;
        await this.stop();
        // Joining has opened again what the owner's disconnect() had closed.
        await this.consumerGroup.cluster.disconnect();
      },
  );
}
