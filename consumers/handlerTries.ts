import { type HandlerError, type Poison, positionKey } from '../src/engine/handlerError.ts';
import type { FailedDecision } from '../src/storage/failedDecisions.ts';

const triesMax = 3;

/** How often decisions of the slice under way have failed. */
export class HandlerTries {
  readonly #tries = new Map<string, number>();
  readonly #poison = new Map<string, FailedDecision>();

  /** Decisions that failed too often: the work sets their records aside. */
  get poison(): Poison {
    return this.#poison;
  }

  /** Counts one more. */
  count({ failed }: HandlerError): { tries: number; parked: boolean } {
    const position = positionKey(failed);
    const tries = (this.#tries.get(position) ?? 0) + 1;
    this.#tries.set(position, tries);
    const parked = tries >= triesMax;
    if (parked) this.#poison.set(position, failed);
    return { tries, parked };
  }

  /** The slice is applied. */
  clear(): void {
    this.#tries.clear();
    this.#poison.clear();
  }
}
