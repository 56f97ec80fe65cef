import type { Trouble } from './trouble.ts';
import { troubleOf } from './trouble.ts';

const intervalMs = 5000;
/** An answer that takes longer counts as none. */
const patienceMs = 3000;

/**
 * Asks a server every few seconds, one question at a time, so that whoever wants to know costs it
 * nothing.
 */
export class ServerProbe {
  readonly server: string;
  readonly #ask: () => Promise<unknown>;
  readonly #explain: (error: unknown) => unknown;
  #trouble: Trouble | null = { code: 'NOT_ASKED', reason: 'was not asked yet', hint: '' };
  /** When the question was asked that has no answer yet, by the monotonic clock, in ms. */
  #askedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `explain` makes of what `ask` throws an error that an operator can act on. */
  constructor(
    server: string,
    ask: () => Promise<unknown>,
    explain: (error: unknown) => unknown = (error) => error,
  ) {
    this.server = server;
    this.#ask = ask;
    this.#explain = explain;
  }

  /** Why the server does not answer; null when it does. */
  get trouble(): Trouble | null {
    const waitedMs = this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt;
    if (waitedMs <= patienceMs) return this.#trouble;
    const reason = `has not answered for ${Math.round(waitedMs / 1000)} s`;
    return { code: 'NO_ANSWER', reason, hint: '' };
  }

  /** Asks for the first time, waits for what comes of it, and goes on asking. */
  async start(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      await this.#ask();
      this.#trouble = null;
    } catch (error) {
      this.#trouble = troubleOf(this.#explain(error));
    }
    this.#askedAt = undefined;
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
