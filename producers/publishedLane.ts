import { setTimeout as sleep } from 'node:timers/promises';
import { cursorGroup } from '../src/messaging/kafkaNames.ts';
import { topicsOf } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import { inTransaction } from '../src/storage/database.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import { FencedError, type Progress } from '../src/storage/progress.ts';
import {
  leavePublication,
  notePublished,
  readPublished,
  readPublisher,
  takePublication,
} from '../src/storage/publications.ts';
import type { ViewWriter } from '../src/view/viewWriter.ts';
import { LaneOutbox } from './laneOutbox.ts';
import type { PublisherContext } from './publisherContext.ts';
import type { PublisherProducer } from './publisherProducer.ts';

const backOffMs = 200;
const noteIntervalMs = 5000;

/** What a lane asks of the publisher that it belongs to. */
interface LaneHooks {
  /** Ends a producer that may have a transaction open for the lane. */
  fence(transactionalId: string): Promise<void>;
  /** There may be something to publish. */
  onWork(): void;
  /** The lane is stopped, or somebody else has claimed it. */
  onEnd(): void;
}

/**
 * A claimed lane whose outbox is published, by one producer at a time. To take the lane over, the
 * producer before it is fenced; then the new one is noted in MySQL, as only the holder of the
 * latest claim can; and only then it is read how far publishing came.
 */
export class PublishedLane {
  readonly claim: Progress;
  readonly outbox: LaneOutbox;
  /** Settles when the transaction that holds rows of the lane has ended. */
  inTransaction: Promise<void> = Promise.resolve();
  readonly #context: PublisherContext;
  readonly #hooks: LaneHooks;
  readonly #follower: ReturnType<ViewWriter['follow']> | undefined;
  #servedBy: PublisherProducer | undefined;
  #takingOver = false;
  #hasEnded = false;
  #noted = 0;
  #notedAt = 0;

  constructor(context: PublisherContext, claim: Progress, hooks: LaneHooks) {
    this.#context = context;
    this.claim = claim;
    this.#hooks = hooks;
    this.outbox = new LaneOutbox(context.pool, claim, () => hooks.onWork());
    if (claim.engine === 'stock') this.#follower = context.viewWriter?.follow(claim);
  }

  /** Last sequence that is on Kafka; undefined before the take-over has told. */
  get cursor(): number | undefined {
    return this.outbox.cursor;
  }

  /** Takes committed rows in order; undefined: there may be some in the table. */
  offer(rows: OutboxRow[] | undefined): void {
    this.outbox.offer(rows);
  }

  /** Whether the producer may publish for the lane; when not, it begins to take the lane over. */
  isServedBy(producer: PublisherProducer): boolean {
    if (this.#servedBy === producer) return true;
    if (!this.#takingOver) void this.#takeOver(producer);
    return false;
  }

  /** These rows are on Kafka now. */
  published(rows: OutboxRow[]): void {
    this.outbox.published(rows);
    this.#follower?.offer(rows);
    if (Date.now() - this.#notedAt > noteIntervalMs) void this.#note();
  }

  /** Nobody knows what became of the lane's transaction until its producer is fenced. */
  isUncertain(): void {
    this.#servedBy = undefined;
  }

  /** Ends after the transaction under way; what is left waits in the table for the next owner. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) this.#end();
    await this.inTransaction;
    await this.#note();
    const { transactionalId } = this.#servedBy ?? {};
    if (transactionalId !== undefined) {
      // Spares the next owner the fencing, and the other lanes of this producer its loss.
      await leavePublication(this.#context.pool, this.claim, transactionalId).catch(
        () => undefined,
      );
    }
    await this.#follower?.close();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#hooks.onEnd();
  }

  async #takeOver(producer: PublisherProducer): Promise<void> {
    const { pool, logger } = this.#context;
    const { transactionalId } = producer;
    this.#takingOver = true;
    this.#servedBy = undefined;
    try {
      // While its id is noted, whoever comes next fences it, too, should we not get any further.
      const previous = await readPublisher(pool, this.claim);
      if (previous !== undefined && previous !== transactionalId) await this.#hooks.fence(previous);
      await inTransaction(pool, (connection) =>
        takePublication(connection, this.claim, transactionalId),
      );
      this.outbox.startAfter(await this.#readCursor());
      this.#servedBy = producer;
    } catch (error) {
      const { lane } = this.claim;
      logger.warn({ lane, reason: messageOf(error) }, 'lane not taken over by its publisher');
      if (error instanceof FencedError && !this.#hasEnded) this.#end();
      else await sleep(backOffMs);
    } finally {
      this.#takingOver = false;
      this.#hooks.onWork();
    }
  }

  async #readCursor(): Promise<number> {
    const { admin, pool, settings, topics } = this.#context;
    const { engine, lane } = this.claim;
    const topic = topicsOf(topics, engine).output.name;
    const groupId = cursorGroup(settings, engine);
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const cursor = offsets?.partitions.find(({ partition }) => partition === lane)?.offset;
    return Math.max(Number(cursor ?? -1), await readPublished(pool, engine, lane));
  }

  async #note(): Promise<void> {
    const { engine, lane } = this.claim;
    const cursor = this.cursor ?? 0;
    if (cursor <= this.#noted) return;
    this.#notedAt = Date.now();
    try {
      await notePublished(this.#context.pool, engine, lane, cursor);
      this.#noted = cursor;
    } catch {
      // A note that is behind costs nothing but a little more to read for who comes next.
    }
  }
}
