import { OperationalError } from '../src/ops/errors.ts';
import type { Progress } from '../src/storage/progress.ts';

/**
 * Holds a lane to it that no more of its rows are on Kafka than its log demands. A database that
 * was made anew on an old log begins with fewer rows than Kafka has: the lane makes them again, the
 * same ones, and none is published twice. At the end that the log had when the cursor was read it
 * has to have made them all; rows that it makes beyond would be taken for published.
 */
export class PublishedFloor {
  readonly #sequence: number;
  readonly #logEnd: number;
  #isReached = false;

  /** `logEnd`: of the lane's log, read after the cursor. */
  constructor(sequence: number, logEnd: number) {
    this.#sequence = sequence;
    this.#logEnd = logEnd;
  }

  /** Throws PUBLISHED_BEYOND_OUTBOX when a lane has come to that end without those rows. */
  require({ lane, nextOffset, outboxSequence }: Progress): void {
    if (this.#isReached) return;
    this.#isReached = outboxSequence >= this.#sequence;
    if (this.#isReached || nextOffset < this.#logEnd) return;
    throw new OperationalError(
      'PUBLISHED_BEYOND_OUTBOX',
      `Kafka’s cursor says that rows up to ${this.#sequence} are published, but lane ${lane} has ` +
        `made ${outboxSequence} at offset ${nextOffset}, and its log demands no more`,
      {
        hint: 'Another database published to this topic. End it, then reset the cursor (README).',
      },
    );
  }
}

/** Throws PUBLISHED_BEYOND_OUTBOX when a note counts rows that the lane never made. */
export function requireNoteWithinOutbox({ engine, lane, outboxSequence }: Progress, noted: number) {
  if (noted <= outboxSequence) return;
  throw new OperationalError(
    'PUBLISHED_BEYOND_OUTBOX',
    `the table publications says that rows up to ${noted} are published, but lane ${lane} has ` +
      `made ${outboxSequence}: a processor of another database or topic wrote that`,
    {
      hint:
        `End every processor, then DELETE FROM publications WHERE engine = '${engine}' AND ` +
        `lane = ${lane}: Kafka’s own cursor counts then.`,
    },
  );
}
