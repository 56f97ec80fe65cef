/** A fetch that the broker refused, because it has no record at that offset. */
export interface OffsetOutOfRange {
  topic: string;
  partition: number;
  fetchOffset: string;
}

/** What a consumer cannot answer by itself; its owner must say what to do. */
export interface ConsumerFailures {
  /** The partition is paused and its position unchanged; seek, then resume, or leave it. */
  onOffsetOutOfRange(failure: OffsetOutOfRange): void;
  /** A fetch has failed; the next one may be of another broker, or of one that was away. */
  onFetchFailed?(): void;
  /** The consumer is dead and will not restart. Told once, before kafkajs tidies up. */
  onCrash(error: Error): void;
}

const byCluster = new WeakMap<object, ConsumerFailures>();

/** Each consumer has a kafkajs cluster of its own, and all its parts know it. */
export function registerFailures(cluster: object, failures: ConsumerFailures): void {
  byCluster.set(cluster, failures);
}

export function failuresOf(cluster: object): ConsumerFailures | undefined {
  return byCluster.get(cluster);
}
