/** A call of `work` while one is under way gets the result of that one. */
export function sharedWhilePending<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let pending: Promise<Result> | undefined;
  return () => (pending ??= work().finally(() => (pending = undefined)));
}
