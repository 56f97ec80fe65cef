import type { LaneStatus } from '../src/ops/laneStatus.ts';
import type { Trouble } from '../src/ops/trouble.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import type { Lane } from './lane.ts';
import type { UnpublishedAge } from './unpublishedAge.ts';

/** Publishes the outbox of a lane for as long as the lane is ours. */
export interface LanePublisher {
  offer(rows: OutboxRow[] | undefined): void;
  /** Last sequence that is on Kafka; undefined while that is not known. */
  readonly cursor: number | undefined;
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

/** How far a claimed lane is, with the end of its log where that is known. */
export function laneNumbers(
  { lane, publisher, unpublished }: OwnedLane,
  logEnd: number | undefined,
): LaneNumbers {
  const { nextOffset, outboxSequence } = lane.progress;
  // What was fetched since the end was looked up shows that the log is longer.
  const lagRecords = logEnd === undefined ? null : Math.max(logEnd, lane.accepted) - lane.position;
  const { cursor } = publisher;
  return {
    nextOffset,
    lagRecords,
    lagSeconds: waitedSeconds(lane) ?? (lagRecords === 0 ? 0 : null),
    outboxLagRows: cursor === undefined ? null : outboxSequence - cursor,
    oldestUnpublishedSeconds:
      cursor === undefined ? null : unpublished.age(cursor, performance.now()) / 1000,
  };
}

function waitedSeconds({ waitingSince }: Lane): number | null {
  return waitingSince === undefined ? null : Math.max(0, Date.now() - waitingSince) / 1000;
}

/** Of a lane that is not ours, nothing is known. */
export const noLaneNumbers: LaneNumbers = {
  nextOffset: null,
  lagRecords: null,
  lagSeconds: null,
  outboxLagRows: null,
  oldestUnpublishedSeconds: null,
};
