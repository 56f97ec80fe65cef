import { failuresOf } from './consumerFailures.ts';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface CrashError extends Error {
  type?: string;
  retriable?: boolean;
  /** In how many ms to restart. */
  retryTime?: number;
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
 * Whoever runs was let in once: the password is being rotated, and the next connection asks for it
 * anew. Not at once, so that a broker that goes on refusing is not asked all the time.
 */
const refused = 'KafkaJSSASLAuthenticationError';
const refusedRetryMs = 1000;

/** The topic was deleted; kafkajs would restart for it 20 times a second, for ever. */
const topicGone = 'UNKNOWN_TOPIC_OR_PARTITION';

/**
 * A crashed consumer leaves a live process that reads nothing. Its CRASH event comes only after a
 * disconnect, which waits for every open request, and not at all if that fails. Now the owner is
 * told of a crash without restart at once; a broker that is away leads to a restart, whatever
 * kafkajs calls it, and a topic that is gone does not.
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
          if (cause.name === refused) {
            cause.retriable = true;
            error.retryTime = refusedRetryMs;
          }
          if (cause.type === topicGone) cause.retriable = false;
          const reported = cause.type === topicGone ? cause : error;
          if (!restarts(reported, cause)) failures?.onCrash(reported);
          return crash(reported);
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
