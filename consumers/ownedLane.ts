import type { LogEnd } from '../src/messaging/ends/logEndReader.ts';
import type { LaneStatus } from '../src/ops/laneStatus.ts';
import type { Trouble } from '../src/ops/trouble.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import type { Progress } from '../src/storage/progress.ts';
import type { Lane } from './lane.ts';
import type { UnpublishedAge } from './unpublishedAge.ts';

/** Publishes the outbox of a lane for as long as the lane is ours. */
export interface LanePublisher {
  offer(rows: OutboxRow[] | undefined): void;
  /** The lane has come so far. */
  moved(progress: Progress): void;
  /** Last sequence that is on Kafka; undefined while that is not known. */
  readonly cursor: number | undefined;
  /** Why it did not get further, when it last tried; undefined when it did. */
  readonly failure: string | undefined;
  stop(): Promise<void>;
}

/** A claimed lane with those who work for it. */
export interface OwnedLane {
  lane: Lane;
  publisher: LanePublisher;
  unpublished: UnpublishedAge;
  /** Why it gets no records at present, though they are there. */
  heldUp?: Trouble;
}

type LaneNumbers = Omit<LaneStatus, 'engine' | 'lane' | 'state' | 'trouble'>;

/** The end of a lane's log, as last looked up. */
export interface LaneEnd extends LogEnd {
  /** Since when a transaction is seen open at `stable`, in ms since 1970; undefined: none is. */
  openSince?: number | undefined;
}

/** How far a claimed lane is, with the end of its log where that is known. */
export function laneNumbers(
  { lane, publisher, unpublished: age }: OwnedLane,
  log: LaneEnd | undefined,
): LaneNumbers {
  const { nextOffset, outboxSequence } = lane.progress;
  // What was fetched since the end was looked up shows that the log is longer.
  const lagRecords = log === undefined ? null : Math.max(log.end, lane.accepted) - lane.position;
  const openRecords = log === undefined ? null : log.end - Math.max(log.stable, lane.accepted);
  const { cursor } = publisher;
  const unpublished = cursor === undefined ? null : outboxSequence - cursor;
  return {
    nextOffset,
    lagRecords,
    lagSeconds: waitedSeconds(lane) ?? (lagRecords === 0 ? 0 : heldUpSeconds(lane, log)),
    openRecords: openRecords === null ? null : Math.max(0, openRecords),
    // A lane that makes rows anew which Kafka has is not behind with any.
    outboxLagRows: lagRecords === 0 ? unpublished : unpublished && Math.max(0, unpublished),
    oldestUnpublishedSeconds:
      cursor === undefined ? null : age.age(cursor, performance.now()) / 1000,
  };
}

function waitedSeconds({ waitingSince }: Lane): number | null {
  return waitingSince === undefined ? null : Math.max(0, Date.now() - waitingSince) / 1000;
}

/** How long it has waited for the end of a transaction, with nothing else to do; else null. */
function heldUpSeconds({ accepted }: Lane, log: LaneEnd | undefined): number | null {
  if (log?.openSince === undefined || accepted < log.stable || accepted >= log.end) return null;
  return Math.max(0, Date.now() - log.openSince) / 1000;
}

/** What a lane at the end of its log has when more is said to be published than it has made. */
export function beyondOutbox({ outboxLagRows, lagRecords }: LaneNumbers): Trouble | undefined {
  if (outboxLagRows === null || outboxLagRows >= 0 || lagRecords !== 0) return undefined;
  return {
    code: 'PUBLISHED_BEYOND_OUTBOX',
    reason: `${-outboxLagRows} more rows are said to be on Kafka than the lane has made`,
    hint: 'It halts at its next command; see “Published beyond the outbox” in the README.',
  };
}

/** Of a lane that is not ours, nothing is known. */
export const noLaneNumbers: LaneNumbers = {
  nextOffset: null,
  lagRecords: null,
  lagSeconds: null,
  openRecords: null,
  outboxLagRows: null,
  oldestUnpublishedSeconds: null,
};
