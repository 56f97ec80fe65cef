import type { ClientSettings } from '../src/config/clientSettings.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { findOutcomes } from '../src/view/outcomeMailbox.ts';
import { type ViewClient, openViewClient } from '../src/view/viewClient.ts';

const firstIntervalMs = 5;
const longestIntervalMs = 200;

/** A command whose outcome may lie in the mailbox already. */
interface Watched {
  sku: string;
  commandId: string;
  isOpen: () => boolean;
}

/**
 * Looks for outcomes in the Redis mailbox: the answer to a repeated command is there, and not again
 * on `stock.events`. All that are watched are looked for in one round, pipelined, at growing
 * intervals. When Redis fails nothing is found, and nothing else happens.
 */
export class OutcomeMailboxReader {
  readonly #redis: ViewClient;
  readonly #settings: ClientSettings;
  readonly #onOutcome: (event: PublishedStockEvent) => void;
  #watched: Watched[] = [];
  #intervalMs = firstIntervalMs;
  #timer: NodeJS.Timeout | undefined;
  /** What the timer was set to; undefined when none runs. */
  #timerMs: number | undefined;
  #looking = false;

  constructor(settings: ClientSettings, onOutcome: (event: PublishedStockEvent) => void) {
    this.#redis = openViewClient(settings);
    this.#settings = settings;
    this.#onOutcome = onOutcome;
  }

  /** Looks for the outcome of a command as long as the call that waits for it is open. */
  watch(watched: Watched): void {
    this.#watched.push(watched);
    // A steady stream of calls must not put off the look for those before.
    if (this.#timerMs === firstIntervalMs) return;
    this.#intervalMs = firstIntervalMs;
    if (!this.#looking) this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watched = [];
    this.#redis.disconnect();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#watched.length === 0) return;
    this.#timerMs = this.#intervalMs;
    this.#timer = setTimeout(() => void this.#look(), this.#intervalMs);
    this.#intervalMs = Math.min(2 * this.#intervalMs, longestIntervalMs);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#timerMs = undefined;
    this.#watched = this.#watched.filter(({ isOpen }) => isOpen());
    await Promise.all(this.#watched.map((watched) => this.#lookFor(watched)));
    this.#watched = this.#watched.filter(({ isOpen }) => isOpen());
    this.#looking = false;
    this.#schedule();
  }

  async #lookFor(watched: Watched): Promise<void> {
    try {
      const [outcome] = await findOutcomes(this.#redis, this.#settings, [watched]);
      if (outcome) this.#onOutcome(outcome);
    } catch {
      // The mailbox is a short cut: without it the answer comes from the log, or not in time.
    }
  }
}
