import { failuresOf } from './consumerFailures.ts';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface CrashError extends Error {
  retriable?: boolean;
  cause?: unknown;
}
interface Runner {
  consumerGroup: { cluster: object };
  onCrash: (error: CrashError) => unknown;
}
type Start = (this: Runner) => Promise<void>;

/** A broker that is away for a while; kafkajs takes these for the end and never restarts. */
const passing = new Set([
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]);

/**
 * A crashed consumer leaves a live process that reads nothing. Its CRASH event comes only after a
 * disconnect, which waits for every open request, and not at all if that fails. Now the owner is
 * told of a crash without restart at once, and a broker that is away leads to a restart, whatever
 * kafkajs calls it.
 */
export function mendCrash(load: LoadInternal): void {
  patchMethod<Runner, Start>(
    load('consumer/runner'),
    'start',
    (start) =>
      function () {
        const failures = failuresOf(this.consumerGroup.cluster);
        const crash = this.onCrash;
        this.onCrash = (error) => {
          const cause = rootOf(error);
          if (passing.has(cause.name)) cause.retriable = true;
          if (!restarts(error, cause)) failures?.onCrash(error);
          return crash(error);
        };
        return start.call(this);
      },
  );
}

/** As kafkajs' consumer decides it. */
function restarts(error: CrashError, cause: CrashError): boolean {
  return error.name === 'KafkaJSNumberOfRetriesExceeded' || cause.retriable === true;
}

function rootOf(error: CrashError): CrashError {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
