import type { Trouble } from './trouble.ts';

/**
 * Claiming: not ours yet. Fenced: another claim has taken it; it is claimed anew while the group
 * counts us in. Halted: nothing but an operator gets it going again.
 */
export const laneStateNames = ['claiming', 'claimed', 'fenced', 'halted'] as const;
export type LaneStateName = (typeof laneStateNames)[number];

/** Where a lane stands that Kafka has assigned to this process. */
export interface LaneStatus {
  engine: 'stock' | 'order';
  lane: number;
  state: LaneStateName;
  /** Why it is not at work; null when it is. */
  trouble: Trouble | null;
  /** The first offset that is not applied; null while the lane is not ours. */
  nextOffset: number | null;
  /**
   * Records between there and the end of the log, those of open transactions included; null while
   * one of them is unknown.
   */
  lagRecords: number | null;
  /**
   * Age of the oldest record that is fetched and not applied, or how long an open transaction has
   * been seen to hold up the lane; null when neither is known.
   */
  lagSeconds: number | null;
  /** Records at the end of the log that wait for the end of a transaction; null while unknown. */
  openRecords: number | null;
  /** Committed outbox rows that are not on Kafka; null before the publisher knows its cursor. */
  outboxLagRows: number | null;
  /** Age of the oldest of these rows, counted from its commit or, if that is later, our claim. */
  oldestUnpublishedSeconds: number | null;
}
