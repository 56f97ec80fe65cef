import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';

/** Commands whose caller has given up, and whose answer is kept for when he calls again. */
const abandonedMax = 10_000;

/** A call that waits for the outcome of its command. */
export interface PendingOutcome {
  readonly event: Promise<PublishedStockEvent>;
  /** Ends the wait with an error; nothing when it has ended. */
  readonly fail: (error: Error) => void;
}

interface Waiting {
  answer: (event: PublishedStockEvent) => void;
  fail: (error: Error) => void;
}

/**
 * By what an outcome and the command that it answers know each other. The digest of the command's
 * body belongs to it: the same id with another body is refused, and that is another outcome.
 */
export function outcomeKey(commandId: string, commandDigest: number): string {
  return `${commandId} ${commandDigest}`;
}

/** The key of an outcome; undefined of an event that no command asked for. */
export function keyOfEvent({ commandId, commandDigest }: PublishedStockEvent): string | undefined {
  if (commandId === null || commandDigest === null) return undefined;
  return outcomeKey(commandId, commandDigest);
}

/** Calls that wait for outcomes, and the outcomes that were seen lately, in bounded numbers. */
export class PendingOutcomes {
  readonly #recentMax: number;
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #recent = new Map<string, PublishedStockEvent>();
  readonly #abandoned = new Map<string, PublishedStockEvent | undefined>();
  #size = 0;

  constructor(recentMax: number) {
    this.#recentMax = recentMax;
  }

  /** Calls that wait. */
  get size(): number {
    return this.#size;
  }

  /** The outcome, if it was seen lately. */
  recall(key: string): PublishedStockEvent | undefined {
    return this.#recent.get(key) ?? this.#abandoned.get(key);
  }

  /**
   * Waits until `take` gets the outcome; after `deadlineMs` it ends with what `late` gives, an
   * outcome found elsewhere or an error, unless the outcome comes before that.
   */
  wait(
    key: string,
    deadlineMs: number,
    late: () => Error | Promise<PublishedStockEvent | Error>,
  ): PendingOutcome {
    let fail: (error: Error) => void = () => undefined;
    const event = new Promise<PublishedStockEvent>((resolve, reject) => {
      const others = this.#waiting.get(key) ?? new Set();
      const end = () => {
        clearTimeout(timer);
        if (!others.delete(waiting)) return;
        this.#size--;
        if (others.size === 0) this.#waiting.delete(key);
      };
      const waiting: Waiting = {
        answer: (answer) => {
          end();
          resolve(answer);
        },
        fail: (error) => {
          if (others.has(waiting)) this.#abandon(key);
          end();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        const found = late();
        const end = (last: PublishedStockEvent | Error) => {
          if (last instanceof Error) waiting.fail(last);
          else waiting.answer(last);
        };
        if (found instanceof Error) end(found);
        else void found.then(end);
      }, deadlineMs);
      this.#waiting.set(key, others.add(waiting));
      this.#size++;
      fail = waiting.fail;
    });
    return { event, fail: (error) => fail(error) };
  }

  /** Takes an outcome, of whoever's command, and answers those who wait for it. */
  take(event: PublishedStockEvent): void {
    const key = keyOfEvent(event);
    if (key === undefined) return;
    this.#recent.set(key, event);
    if (this.#recent.size > this.#recentMax) deleteFirst(this.#recent);
    if (this.#abandoned.has(key)) this.#abandoned.set(key, event);
    for (const { answer } of this.#waiting.get(key) ?? []) answer(event);
  }

  #abandon(key: string): void {
    this.#abandoned.set(key, this.recall(key));
    if (this.#abandoned.size > abandonedMax) deleteFirst(this.#abandoned);
  }
}

function deleteFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
