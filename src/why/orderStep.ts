import type { OrderEvent } from '../domain/order/orderEvents.ts';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import type { OrderPhase } from '../domain/order/orderState.ts';

/**
 * What became of a record. decided: it had the facts that are listed. repeated: an upstream event
 * that had been decided before. unawaited: a reply that the order did not wait for. dead-letter: it
 * could not be decoded or decided. undecided: the processor has not come so far. unknown: the
 * order's beginning is no longer in the log, so that this cannot be told.
 */
export type StepOutcome =
  'decided' | 'repeated' | 'unawaited' | 'dead-letter' | 'undecided' | 'unknown';

/** A record of the order log, as it concerns one order. */
export interface OrderStep {
  offset: number;
  /** Log time in ms since 1970: the append time, never smaller than on an earlier record. */
  time: number;
  /** Null when the record cannot be decoded. */
  event: OrderEvent | null;
  outcome: StepOutcome;
  /** Why it is a dead letter; else null. */
  failure: string | null;
  facts: OrderFact[];
  /** After the step; null while nothing is known of the order, or when it cannot be told. */
  phase: OrderPhase | null;
  /** Lines that wait for a reply after the step. */
  waiting: number;
}
