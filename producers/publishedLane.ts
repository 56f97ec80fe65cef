import { setTimeout as sleep } from 'node:timers/promises';
import { topicsOf } from '../src/messaging/topics.ts';
import { OperationalError, messageOf } from '../src/ops/errors.ts';
import { inTransaction } from '../src/storage/database.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import { FencedError, type Progress } from '../src/storage/progress.ts';
import {
  leavePublication,
  notePublished,
  readPublisher,
  takePublication,
} from '../src/storage/publications.ts';
import type { ViewWriter } from '../src/view/viewWriter.ts';
import { LaneOutbox } from './laneOutbox.ts';
import { PublishedFloor, requireNoteWithinOutbox } from './publishedFloor.ts';
import type { PublisherContext } from './publisherContext.ts';
import type { PublisherProducer } from './publisherProducer.ts';
import { type KafkaCursor, readCursors } from './readCursors.ts';

const backOffMs = 200;
const noteIntervalMs = 5000;

/** What a lane asks of the publisher that it belongs to. */
interface LaneHooks {
  /** Ends a producer that may have a transaction open for the lane. */
  fence(transactionalId: string): Promise<void>;
  /** There may be something to publish. */
  onWork(): void;
  /** The lane is stopped, halted, or somebody else has claimed it. */
  onEnd(): void;
  /** What is said to be published cannot be: the lane must not go on. */
  onHalted(error: OperationalError): void;
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
  #failure: string | undefined;
  /** Transactional id of the producer that took the lane over last. */
  #publisher: string | undefined;
  /** How far the lane is known to be. */
  #progress: Progress;
  #floor: PublishedFloor | undefined;
  #takingOver = false;
  #hasEnded = false;
  #noted = 0;
  #notedAt = 0;

  constructor(context: PublisherContext, claim: Progress, hooks: LaneHooks) {
    this.#context = context;
    this.claim = claim;
    this.#progress = claim;
    this.#hooks = hooks;
    this.outbox = new LaneOutbox(context.pool, claim, () => hooks.onWork());
    if (claim.engine === 'stock') this.#follower = context.viewWriter?.follow(claim);
  }

  /** Last sequence that is on Kafka; undefined before the take-over has told. */
  get cursor(): number | undefined {
    return this.outbox.cursor;
  }

  /** Why it did not get further, when it last tried; undefined when it did. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Takes committed rows in order; undefined: there may be some in the table. */
  offer(rows: OutboxRow[] | undefined): void {
    this.outbox.offer(rows);
  }

  /** The lane has come so far. */
  moved(progress: Progress): void {
    if (progress.nextOffset >= this.#progress.nextOffset) this.#progress = progress;
    this.#requireFloor();
  }

  /** Whether the producer may publish for the lane; when not, it begins to take the lane over. */
  isServedBy(producer: PublisherProducer): boolean {
    if (this.#servedBy === producer) return true;
    if (!this.#takingOver && !this.#hasEnded) void this.#takeOver(producer);
    return false;
  }

  /** These rows are on Kafka now. */
  published(rows: OutboxRow[]): void {
    this.#failure = undefined;
    this.outbox.published(rows);
    this.#follower?.offer(rows);
    if (Date.now() - this.#notedAt > noteIntervalMs) void this.#note();
  }

  /** Nobody knows what became of the lane's transaction until its producer is fenced. */
  isUncertain(reason: string): void {
    this.#servedBy = undefined;
    this.#failure = reason;
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

  #requireFloor(): void {
    try {
      this.#floor?.require(this.#progress);
    } catch (error) {
      this.#halt(error as OperationalError);
    }
  }

  #halt(error: OperationalError): void {
    if (this.#hasEnded) return;
    this.#servedBy = undefined;
    this.#end();
    this.#hooks.onHalted(error);
  }

  async #takeOver(producer: PublisherProducer): Promise<void> {
    const { logger } = this.#context;
    this.#takingOver = true;
    this.#servedBy = undefined;
    try {
      await this.#fencePrevious(producer);
      await this.#take(producer);
    } catch (error) {
      const { lane } = this.claim;
      this.#failure = messageOf(error);
      logger.warn({ lane, reason: this.#failure }, 'lane not taken over by its publisher');
      if (error instanceof OperationalError) this.#halt(error);
      else if (error instanceof FencedError && !this.#hasEnded) this.#end();
      else await sleep(backOffMs);
    } finally {
      this.#takingOver = false;
      this.#hooks.onWork();
    }
  }

  /**
   * While its id is noted, whoever comes next fences it, too, should we not get any further. In a
   * database that is new to the lane there is no note of whom an earlier one served: Kafka's cursor
   * tells who moved it last.
   */
  async #fencePrevious({ transactionalId }: PublisherProducer): Promise<void> {
    const noted = await readPublisher(this.#context.pool, this.claim);
    const previous = noted === undefined ? (await this.#readCursor()).publisher : noted;
    if (previous && previous !== transactionalId) await this.#hooks.fence(previous);
  }

  async #take(producer: PublisherProducer): Promise<void> {
    const { admin, pool, topics } = this.#context;
    const { engine, lane } = this.claim;
    const { transactionalId } = producer;
    const { progress, noted } = await inTransaction(pool, async (connection) => {
      const taken = await takePublication(connection, this.claim, transactionalId);
      requireNoteWithinOutbox(taken.progress, taken.noted);
      return taken;
    });
    this.#publisher = transactionalId;
    const { sequence } = await this.#readCursor();
    if (sequence > progress.outboxSequence) {
      const log = await admin.fetchTopicOffsets(topicsOf(topics, engine).input.name);
      const end = log.find(({ partition }) => partition === lane)?.high;
      this.#floor = new PublishedFloor(sequence, Number(end ?? 0));
      this.moved(progress);
    }
    if (this.#hasEnded) return;
    this.outbox.startAfter(Math.max(sequence, noted));
    this.#servedBy = producer;
  }

  async #readCursor(): Promise<KafkaCursor> {
    const { engine, lane } = this.claim;
    const cursors = await readCursors(this.#context, engine);
    return cursors.get(lane) ?? { sequence: 0, publisher: undefined };
  }

  async #note(): Promise<void> {
    const cursor = this.cursor ?? 0;
    const publisher = this.#publisher;
    if (cursor <= this.#noted || publisher === undefined) return;
    this.#notedAt = Date.now();
    try {
      const isKept = await notePublished(this.#context.pool, this.claim, publisher, cursor);
      if (isKept) this.#noted = cursor;
    } catch {
      // A note that is behind costs nothing but a little more to read for who comes next.
    }
  }
}
