import { messageOf } from '../ops/errors.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';

const reasonLengthMax = 500;

/** Deciding one command threw: a bug that strikes this command, not the lane. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';
  readonly failed: FailedDecision;

  constructor(at: number, offset: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.failed = { at, offset, reason: this.message.slice(0, reasonLengthMax) };
  }
}

/** Decisions that failed too often, by position: their commands are parked without another try. */
export type Poison = ReadonlyMap<string, FailedDecision>;

/** A retried command fails at another position than before: it gets its tries anew. */
export function positionKey({ at, offset }: Pick<FailedDecision, 'at' | 'offset'>): string {
  return `${at}/${offset}`;
}
