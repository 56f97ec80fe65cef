import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LanePlace } from '../verify/findings.ts';

/** Rows of one kind that are not on Kafka although their publisher claims so. */
export interface MissingRows {
  kind: OutboxRow['kind'];
  topic: string;
  /** Of the lane's outbox, ascending. */
  sequences: number[];
}

/** A record that stands where it should not, and that nothing can take back. */
export interface StrayRecord {
  /** There once too often, or before one that its lane had decided earlier. */
  is: 'doubled' | 'out of order';
  kind: OutboxRow['kind'];
  topic: string;
  partition: number;
  /** Of the record. */
  offset: number;
  /** Of the lane's outbox. */
  sequence: number;
  /** By which readers tell a repeat; null where the message has none. */
  id: string | null;
  /** The stock item or order that it is about; null when it is about none. */
  item: string | null;
}

/** What a lane should have on Kafka and has not, and what it has too much of. */
export interface LaneLack extends LanePlace {
  /** Last sequence that its publisher claims to have published: only up to there was looked. */
  published: number;
  missing: MissingRows[];
  /** Of items whose last level is not there. */
  levels: PublishedStockLevel[];
  /** The first ones. */
  strays: StrayRecord[];
  /** All of them. */
  strayCount: number;
  /** Outcomes and dead letters that were published late, and are no longer missing. */
  lateCount: number;
}

/** Rows that a lane lacks; levels are not among them. */
export function missingCount({ missing }: Pick<LaneLack, 'missing'>): number {
  return missing.reduce((sum, { sequences }) => sum + sequences.length, 0);
}

/** Whether there is something to send. */
export function isLacking(lack: LaneLack): boolean {
  return missingCount(lack) > 0 || lack.levels.length > 0;
}
