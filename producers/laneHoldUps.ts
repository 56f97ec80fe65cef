import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { type LogEnd, LogEndReader } from '../src/messaging/ends/logEndReader.ts';
import { openTransactionText } from '../src/messaging/ends/openTransactionText.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { sharedWhilePending } from '../src/ops/sharedWhilePending.ts';
import type { Logger } from '../src/ops/logger.ts';

/** A transaction of a busy sender has ended by then. */
const secondLookMs = 200;
/** Whoever is late already waits no longer for the reason; it stays true for the next ones. */
const patienceMs = 1000;
const impatient = {
  connectionTimeout: patienceMs,
  requestTimeout: patienceMs,
  retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 1 },
};

/**
 * Finds out why a lane does not answer: whether a transaction of somebody else holds up its log.
 * Asks at most once at a time, however many calls are late, and connects when it is first asked.
 */
export class LaneHoldUps {
  readonly #topic: string;
  readonly #reader: LogEndReader;
  readonly #look: () => Promise<ReadonlyMap<number, LogEnd>>;
  #foundAt = -Infinity;
  #found: ReadonlyMap<number, LogEnd> = new Map();
  readonly #texts = new Map<number, string>();
  /** Open questions: what ends after the connection would open it again. */
  readonly #asking = new Set<Promise<unknown>>();

  constructor(settings: ClientSettings, logger: Logger) {
    this.#topic = topicRegistry(settings).stockCommands.name;
    this.#reader = new LogEndReader(createKafka(settings, 'onhand-hold-ups', logger, impatient));
    this.#look = sharedWhilePending(() => this.#lookTwice());
  }

  /** What holds up a lane, for people; undefined when nothing is known to. */
  async find(lane: number): Promise<string | undefined> {
    const asked = this.#ask(lane).catch(() => undefined);
    this.#asking.add(asked);
    void asked.then(() => this.#asking.delete(asked));
    return Promise.race([asked, sleep(patienceMs, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#asking);
    await this.#reader.disconnect();
  }

  async #ask(lane: number): Promise<string | undefined> {
    if (performance.now() - this.#foundAt > patienceMs) await this.#look();
    const end = this.#found.get(lane);
    if (!end) return undefined;
    const known = this.#texts.get(lane);
    if (known !== undefined) return known;
    const transaction = await this.#reader.findOpen(this.#topic, lane, end.stable);
    const { reason } = openTransactionText({ topic: this.#topic, lane, ...end }, transaction);
    this.#texts.set(lane, reason);
    return reason;
  }

  /** The lanes whose stable end stands still before the end of their log. */
  async #lookTwice(): Promise<ReadonlyMap<number, LogEnd>> {
    const first = await this.#reader.read(this.#topic);
    await sleep(secondLookMs);
    const second = await this.#reader.read(this.#topic);
    this.#found = new Map(
      [...second].filter(([lane, { end, stable }]) => {
        return stable < end && first.get(lane)?.stable === stable;
      }),
    );
    this.#texts.clear();
    this.#foundAt = performance.now();
    return this.#found;
  }
}
