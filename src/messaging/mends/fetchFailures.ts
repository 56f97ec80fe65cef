import { failuresOf } from './consumerFailures.ts';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface ConsumerGroup {
  cluster: object;
}
type Recover = (this: ConsumerGroup, error: Error) => Promise<void>;

/**
 * After a broken connection or a change of leader kafkajs goes on by itself and tells nobody, but
 * the log behind the next answer may be another one. Now the consumer's owner is told first.
 */
export function mendFetchFailures(load: LoadInternal): void {
  patchMethod<ConsumerGroup, Recover>(
    load('consumer/consumerGroup'),
    'recoverFromFetch',
    (recover) =>
      function (error) {
        failuresOf(this.cluster)?.onFetchFailed?.();
        return recover.call(this, error);
      },
  );
}
