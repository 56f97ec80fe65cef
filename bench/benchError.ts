/** A benchmark that cannot go on, or whose result would not mean what it says. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  /** What to do about it, one sentence; empty when the message says it all. */
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}
