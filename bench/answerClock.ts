import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies, type LatencySummary } from './latencies.ts';
import { openLoop } from './openLoop.ts';

const answerMsMax = 30_000;

/** An open loop: what is sent at which rate, and for how long. */
export interface OpenLoad {
  perSecond: number;
  seconds: number;
  /** Sends the next one, and tells the id by which its answer is known. */
  send: () => { id: string; sent: Promise<void> };
  /** Throws when nothing more can come. */
  requireAlive: () => void;
}

/** Times in ms, and what was not answered although it was waited for. */
export type OpenLoadRun = LatencySummary & { missing: number };

/**
 * Time from when something was due to be sent until its answer was read. Due times do not wait for
 * answers, and a late send counts from when it was due: no waiting is left out.
 */
export class AnswerClock {
  readonly #due = new Map<string, number>();
  #latencies = new Latencies();

  /** Is told of every answer that is read. */
  readonly answered = (id: string): void => {
    const due = this.#due.get(id);
    if (due === undefined) return;
    this.#latencies.record(performance.now() - due);
    this.#due.delete(id);
  };

  /** What was done before is none of this answer's time. */
  countFromNow(id: string): void {
    this.#due.set(id, performance.now());
  }

  /** Throws what a send threw, or `requireAlive`. */
  async run({ perSecond, seconds, send, requireAlive }: OpenLoad): Promise<OpenLoadRun> {
    this.#due.clear();
    this.#latencies = new Latencies();
    const failures: unknown[] = [];
    await openLoop(perSecond, Math.round(perSecond * seconds), (_, due) => {
      const { id, sent } = send();
      this.#due.set(id, due);
      sent.catch((error: unknown) => failures.push(error));
    });
    for (const since = Date.now(); this.#due.size > 0; await sleep(10)) {
      requireAlive();
      if (failures.length > 0) throw failures[0];
      if (Date.now() - since > answerMsMax) break;
    }
    return { ...this.#latencies.summary(), missing: this.#due.size };
  }
}
