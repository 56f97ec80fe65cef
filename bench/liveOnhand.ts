import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { RecordBatcher } from '../producers/recordBatcher.ts';
import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { BenchError } from './benchError.ts';
import { AnswerClock, type OpenLoadRun } from './answerClock.ts';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { receiveAll, reserveOne } from './preload.ts';
import { untilRead } from './untilRead.ts';
import { WorkerProcess } from './workerProcess.ts';

const endlessStock = 1_000_000_000;
/** Enough that no batch waits for the answers of the one before. */
const inFlightAtMost = 5000;
const floodLeadMs = 1000;
const shareMsMax = 30_000;

/** How it is set up: SKUs to reserve, processes, and settings other than the user's. */
export interface LiveOptions {
  skus: number;
  processes?: number;
  env?: Record<string, string>;
  onEvent?: (event: PublishedStockEvent) => void;
}

/** Running processors that own all lanes, with somebody who sends and somebody who reads. */
export class LiveOnhand {
  readonly at: BenchInstallation;
  readonly workers: WorkerProcess[];
  readonly reader: OutcomeReader;
  /** Reservations sent so far. */
  sent = 0;
  readonly #clock: AnswerClock;
  readonly #producer: StockCommandProducer;
  readonly #batcher: RecordBatcher;
  readonly #skus: string[];
  readonly #disconnect: () => Promise<void>;

  private constructor(
    at: BenchInstallation,
    workers: WorkerProcess[],
    reader: OutcomeReader,
    clock: AnswerClock,
    skus: number,
  ) {
    this.at = at;
    this.workers = workers;
    this.reader = reader;
    this.#clock = clock;
    this.#producer = new StockCommandProducer(at.settings, at.logger);
    this.#batcher = new RecordBatcher((messages) => this.#producer.sendMessages(messages));
    this.#disconnect = onCleanUp(() => this.#producer.disconnect());
    this.#skus = Array.from({ length: skus }, (_, index) => `SKU-${10_000 + index}`);
  }

  /** Resolves when every lane has its owner and every SKU its stock. */
  static async open({ skus, processes = 1, env, onEvent }: LiveOptions): Promise<LiveOnhand> {
    const at = await benchInstallation(env);
    const clock = new AnswerClock();
    const workers = Array.from({ length: processes }, () => new WorkerProcess(at));
    const reader = await OutcomeReader.open(at, (event) => {
      clock.answered(event.commandId ?? '');
      onEvent?.(event);
    });
    const live = new LiveOnhand(at, workers, reader, clock, skus);
    await live.#producer.connect();
    await workers[0]?.claimed(2 * at.settings.ONHAND_PARTITIONS);
    const stock = live.#skus.map(() => endlessStock);
    await live.#producer.send(receiveAll({ skus: live.#skus, stock }));
    await untilRead(skus, reader, workers);
    return live;
  }

  /** Sends a reservation; it goes in the next request to Kafka. */
  send(): { id: string; sent: Promise<void> } {
    const sku = this.#skus[(this.sent * 7) % this.#skus.length] ?? '';
    const command = reserveOne(sku, this.sent++);
    return { id: command.commandId, sent: this.#batcher.add(this.#producer.messageOf(command)) };
  }

  /** From when a command was due to be sent until its event was read. */
  measure(perSecond: number, seconds: number): Promise<OpenLoadRun> {
    return this.#clock.run({
      perSecond,
      seconds,
      send: () => this.send(),
      requireAlive: () => this.requireAlive(),
    });
  }

  /** Commands a second when there are always thousands under way. */
  async maximum(seconds: number): Promise<number> {
    let failure: unknown;
    let first: { at: number; events: number } | undefined;
    const begun = performance.now();
    for (let now = begun; now - begun < floodLeadMs + seconds * 1000; now = performance.now()) {
      if (failure) throw failure as Error;
      this.requireAlive();
      if (now - begun >= floodLeadMs) first ??= { at: now, events: this.reader.events };
      const open = this.#skus.length + this.sent - this.reader.events;
      for (let room = inFlightAtMost - open; room > 0; room--) {
        this.send().sent.catch((error: unknown) => (failure = error));
      }
      await sleep(1);
    }
    const { at, events } = first ?? { at: begun, events: 0 };
    const rate = (this.reader.events - events) / ((performance.now() - at) / 1000);
    await this.untilAnswered();
    return rate;
  }

  /** Waits until each of the processors owns lanes. */
  async shared(): Promise<void> {
    for (const since = Date.now(); ; await sleep(100)) {
      this.requireAlive();
      const [rows] = await this.at.pool.query<(RowDataPacket & { owners: number })[]>(
        `SELECT COUNT(DISTINCT owner) AS owners FROM progress WHERE engine = 'stock'`,
      );
      if ((rows[0]?.owners ?? 0) >= this.workers.length) return;
      if (Date.now() - since > shareMsMax) throw new BenchError('lanes are not shared out');
    }
  }

  /** SIGKILL for the processor that was started first; it is not waited for. */
  kill(): void {
    this.workers.shift()?.signal('SIGKILL');
  }

  /** Waits until every command that was sent has its event. */
  untilAnswered(): Promise<void> {
    return untilRead(this.#skus.length + this.sent, this.reader, this.workers);
  }

  requireAlive(): void {
    for (const worker of this.workers) worker.requireAlive();
    if (this.reader.failure) throw this.reader.failure;
  }

  async close(): Promise<void> {
    await this.#disconnect();
    for (const worker of this.workers) await worker.stop();
    await this.reader.close();
    await this.at.close();
  }
}
