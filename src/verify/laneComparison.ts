import type { Connection } from 'mysql2/promise';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { readWholeOutbox } from '../storage/readLane.ts';
import type { LaneFindings } from './findings.ts';
import { ColumnCollector } from './messageColumns.ts';
import { OutboxComparison } from './outboxComparison.ts';
import { PublishedLane } from './publishedLane.ts';
import type { VerifyContext } from './verifyContext.ts';

const forwardedKinds = { stock: 'reply', order: 'command' } as const;

/** Compares the rows that a lane's log demands, as they are folded, wherever they must be. */
export class LaneComparison {
  readonly forwarded: ColumnCollector;
  readonly published: PublishedLane;
  readonly #outbox: OutboxComparison;

  private constructor(
    forwarded: ColumnCollector,
    published: PublishedLane,
    outbox: OutboxComparison,
  ) {
    this.forwarded = forwarded;
    this.published = published;
    this.#outbox = outbox;
  }

  /**
   * Begins at the log offset `from`, at which the lane's outbox had come to `sequence`. Throws
   * kafkajs' errors.
   */
  static async open(
    context: VerifyContext,
    snapshot: Connection,
    progress: Progress,
    { from, sequence }: { from: number; sequence: number },
    findings: LaneFindings,
  ): Promise<LaneComparison> {
    const { settings, topics } = context;
    const { engine, lane, logTime } = progress;
    const target = engine === 'stock' ? topics.orderEvents : topics.stockCommands;
    // Also rows that do not belong there, of a sequence below the first.
    const after = sequence > 0 ? sequence : undefined;
    return new LaneComparison(
      new ColumnCollector(lane, forwardedKinds[engine], ({ key }) =>
        partitionOf(String(key), target.partitions),
      ),
      await PublishedLane.open(context, progress, from, findings),
      new OutboxComparison(
        findings,
        readWholeOutbox(snapshot, progress, after),
        logTime - settings.ONHAND_COMMAND_MEMORY_HOURS * 3_600_000,
      ),
    );
  }

  /** Compares the next rows; `offsets` of the records that caused them. */
  async take(rows: readonly OutboxRow[], offsets: readonly number[]): Promise<void> {
    this.forwarded.take(rows, offsets);
    await this.#outbox.take(rows, offsets);
    await this.published.take(rows, offsets);
  }

  /** `isAtProgress`: whether the last row was the last one that the lane had decided. */
  async end(isAtProgress: boolean): Promise<void> {
    if (isAtProgress) await this.#outbox.end();
    await this.published.end(isAtProgress);
  }
}
