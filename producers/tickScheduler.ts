import type { Producer } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import type { Topic } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import { dueLanes } from '../src/storage/dueLanes.ts';
import type { EngineName, Progress } from '../src/storage/progress.ts';

const intervalMs = 1000;
const busyIntervalMs = 50;

/** What the scheduler needs of its process. */
export interface SchedulerContext {
  engine: EngineName;
  /** The engine's log, into which ticks go. */
  input: Topic;
  /** Bytes of a tick. */
  tick: Buffer;
  settings: Settings;
  pool: Pool;
  logger: Logger;
  /** Progress of the lanes that this process owns. */
  progress(): Progress[];
}

/**
 * Looks for lanes with a reservation or an order whose deadline has passed, and sends them a tick.
 * It decides nothing: verdicts go by log time, so a tick that is early, late, doubled or missing
 * changes none of them.
 */
export class TickScheduler {
  readonly #context: SchedulerContext;
  readonly #producer: Producer;
  /** Offset of the last tick by lane: the next one waits until that was applied. */
  readonly #ticks = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#producer = createKafka(context.settings, 'onhand-ticks', context.logger).producer({
      allowAutoTopicCreation: false,
    });
  }

  async start(): Promise<void> {
    await this.#producer.connect();
    this.#schedule(intervalMs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#producer.disconnect();
  }

  #schedule(delayMs: number): void {
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#sendTicks().then(
        (sent) => this.#schedule(sent ? busyIntervalMs : intervalMs),
        (error: unknown) => {
          this.#context.logger.warn({ reason: messageOf(error) }, 'no ticks sent, retrying');
          this.#schedule(intervalMs);
        },
      );
    }, delayMs);
  }

  /** True when something is due: then the next look comes soon. */
  async #sendTicks(): Promise<boolean> {
    const { engine, input, pool, tick } = this.#context;
    const owned = new Map(this.#context.progress().map((of) => [of.lane, of]));
    const due = await dueLanes(pool, engine, [...owned.keys()], Date.now());
    const waiting = due.filter((lane) => {
      return (this.#ticks.get(lane) ?? -1) < (owned.get(lane)?.nextOffset ?? 0);
    });
    if (waiting.length === 0) return due.length > 0;
    const sent = await this.#producer.send({
      topic: input.name,
      acks: -1,
      messages: waiting.map((partition) => ({ key: null, value: tick, partition })),
    });
    for (const { partition, baseOffset } of sent) this.#ticks.set(partition, Number(baseOffset));
    return true;
  }
}
