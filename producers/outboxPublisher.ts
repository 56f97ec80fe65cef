import { setTimeout as sleep } from 'node:timers/promises';
import { cannotPass, isRefusedForSize, toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { cursorGroup } from '../src/messaging/kafkaNames.ts';
import { topicsOf } from '../src/messaging/topics.ts';
import { type OperationalError, messageOf } from '../src/ops/errors.ts';
import { troubleOf } from '../src/ops/trouble.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import type { EngineName, Progress } from '../src/storage/progress.ts';
import { rowBytes } from './cutRows.ts';
import { destinations, outboxMessages } from './outboxMessages.ts';
import { PublishedLane } from './publishedLane.ts';
import type { PublisherContext } from './publisherContext.ts';
import { PublisherProducer, fenceProducer, transactionLimits } from './publisherProducer.ts';

const backOffMsMin = 200;
/** For what no try will mend: a missing right may be given back at any time. */
const backOffMsMax = 5000;

/** What of a lane goes into a transaction. */
interface Batch {
  lane: PublishedLane;
  rows: OutboxRow[];
}

/**
 * Publishes the outboxes of an engine's lanes in this process: each row exactly once and in order
 * of its lane, for readers of committed records. One Kafka transaction carries what waits in all
 * lanes together with their cursors, so a crash at any point leaves both or neither; the more there
 * is to do, the more goes into each. After any error the producer is thrown away, and the lanes are
 * taken over anew by one with another id.
 */
export class OutboxPublisher {
  readonly #context: PublisherContext;
  readonly #engine: EngineName;
  /** In the order in which they are served: the one that was served last is at the end. */
  readonly #lanes = new Set<PublishedLane>();
  /** Lanes of a transaction that failed, each published by itself until it has succeeded. */
  readonly #alone = new Set<PublishedLane>();
  readonly #fenced = new Map<string, Promise<void>>();
  #producer: PublisherProducer | undefined;
  #stopping = false;
  #backOffMs = backOffMsMin;
  #isAwake = false;
  #wake: () => void = () => undefined;
  readonly #done: Promise<void>;

  constructor(context: PublisherContext, engine: EngineName) {
    this.#context = context;
    this.#engine = engine;
    this.#done = this.#run();
  }

  /**
   * Publishes for the owner who holds this claim, until it stops or somebody else claims; or until
   * what is said to be published cannot be, of which `onHalted` is told.
   */
  open(
    claim: Progress,
    onHalted: (error: OperationalError) => void = () => undefined,
  ): PublishedLane {
    const lane = new PublishedLane(this.#context, claim, {
      fence: (id) => this.#fence(id),
      onWork: () => this.#awake(),
      onHalted,
      onEnd: () => {
        this.#lanes.delete(lane);
        this.#alone.delete(lane);
      },
    });
    this.#lanes.add(lane);
    this.#awake();
    return lane;
  }

  /** Ends after the transaction under way; what is left waits in the table for the next owner. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#awake();
    await Promise.all([...this.#lanes].map((lane) => lane.stop()));
    const closed = this.#done.then(() => this.#producer?.close());
    // One that is just being opened has nothing under way; its broker may be away for long.
    if (this.#producer) await closed;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#isAwake = false;
      try {
        const producer = this.#lanes.size > 0 ? await this.#open() : undefined;
        const batches = producer ? this.#gather(producer) : [];
        if (producer && batches.length > 0) await this.#publish(producer, batches);
        else await this.#untilAwake();
      } catch (error) {
        await this.#startAnew(error);
      }
    }
  }

  async #open(): Promise<PublisherProducer> {
    const { settings, logger } = this.#context;
    this.#producer ??= await PublisherProducer.open(settings, logger, this.#engine);
    return this.#producer;
  }

  /** What goes into the next transaction: a share of every lane that the producer may serve. */
  #gather(producer: PublisherProducer): Batch[] {
    const ready = [...this.#lanes].filter((lane) => lane.isServedBy(producer));
    for (const lane of ready) {
      if (!this.#alone.has(lane)) continue;
      const rows = lane.outbox.take(transactionLimits);
      if (rows.length > 0) return [{ lane, rows }];
    }
    const batches: Batch[] = [];
    let { rowsMax, bytesMax } = transactionLimits;
    for (const lane of ready) {
      if (this.#alone.has(lane)) continue;
      const rows = lane.outbox.take({ rowsMax, bytesMax });
      if (rows.length === 0) continue;
      batches.push({ lane, rows });
      rowsMax -= rows.length;
      for (const row of rows) bytesMax -= rowBytes(row);
      if (rowsMax <= 0 || bytesMax <= 0) break;
    }
    return batches;
  }

  async #publish(producer: PublisherProducer, batches: readonly Batch[]): Promise<void> {
    const begun = performance.now();
    const sending = this.#send(producer, batches);
    for (const { lane } of batches) lane.inTransaction = sending.catch(() => undefined);
    try {
      await sending;
    } catch (error) {
      this.#isolate(batches, error);
      throw error;
    }
    this.#backOffMs = backOffMsMin;
    let count = 0;
    for (const { lane, rows } of batches) {
      lane.published(rows);
      count += rows.length;
      this.#alone.delete(lane);
      // To the end of the queue, unless it has left meanwhile.
      if (this.#lanes.delete(lane)) this.#lanes.add(lane);
    }
    const { metrics } = this.#context;
    metrics.publishRows.observe({ engine: this.#engine }, count);
    const seconds = (performance.now() - begun) / 1000;
    metrics.publishSeconds.observe({ engine: this.#engine }, seconds);
  }

  async #send(producer: PublisherProducer, batches: readonly Batch[]): Promise<void> {
    const { settings, topics, registry } = this.#context;
    const last = new Map<number, number>();
    const laneRows = batches.map(({ lane: { claim }, rows }) => {
      last.set(claim.lane, rows.at(-1)?.sequence ?? 0);
      return { lane: claim.lane, rows };
    });
    await producer.publish(outboxMessages(this.#engine, laneRows, topics, registry), {
      group: cursorGroup(settings, this.#engine),
      topic: topicsOf(topics, this.#engine).output.name,
      last,
    });
  }

  /**
   * One lane's rows may be at fault: the others must not wait for it. Of rows that are too much for
   * a topic, fewer are tried; one that is too large by itself waits, and the rows behind it.
   */
  #isolate(batches: readonly Batch[], error: unknown): void {
    const isTooLarge = isRefusedForSize(error);
    for (const { lane, rows } of batches) {
      const isOne = batches.length === 1 && rows.length === 1;
      const reason = isTooLarge && isOne ? this.#refusal(lane, rows[0]!) : messageOf(error);
      lane.isUncertain(reason);
      if (isTooLarge && batches.length === 1) lane.outbox.takeLess(rows);
      else if (batches.length === 1) lane.outbox.pause();
      this.#alone.add(lane);
    }
  }

  #refusal({ claim }: PublishedLane, row: OutboxRow): string {
    const { topic } = destinations(this.#engine, this.#context.topics)(
      row.kind,
      row.key,
      claim.lane,
    );
    const bytes = rowBytes(row);
    return `${topic.name} refuses a record of some ${bytes} bytes: raise its max.message.bytes`;
  }

  /** An id need not be fenced twice: its owner never begins with it again. */
  #fence(id: string): Promise<void> {
    const { settings, logger } = this.#context;
    const fencing = this.#fenced.get(id) ?? fenceProducer(settings, logger, id);
    this.#fenced.set(id, fencing);
    fencing.catch(() => this.#fenced.delete(id));
    return fencing;
  }

  async #startAnew(error: unknown): Promise<void> {
    const { settings, logger, metrics } = this.#context;
    const failed = this.#producer;
    this.#producer = undefined;
    metrics.publisherRestarts.inc({ engine: this.#engine });
    const { code, reason, hint } = troubleOf(toOperationalError(error, settings));
    logger.warn({ code, reason, hint }, 'publisher starts anew');
    await failed?.close();
    if (cannotPass(error, settings)) this.#backOffMs = Math.min(2 * this.#backOffMs, backOffMsMax);
    await sleep(this.#backOffMs);
  }

  #awake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Returns at once when something has come since the lanes were last looked at. */
  async #untilAwake(): Promise<void> {
    if (!this.#isAwake) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
