import type { ClientSettings } from '../src/config/clientSettings.ts';
import { requireReadable } from '../src/messaging/batches/unreadableBatch.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { PartitionReader } from '../src/messaging/partitionReader.ts';
import { openRegistry } from '../src/messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import type { Logger } from '../src/ops/logger.ts';
import { plainMessages } from './plainMessages.ts';

/** Newest first: most repeats follow soon. */
const stretchOffsets = 20_000;
/** A lane that stands still answers nobody: its log is not read again for each of its callers. */
const pauseMs = 30_000;
/** Whoever waits is late already, or wants to close. */
const impatient = { retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 3 } };

type Answer = (event: PublishedStockEvent | undefined) => void;

/**
 * Looks for outcomes that were published long ago, back from the end of their partition: the answer
 * to a command that was repeated under its id. One reading of a partition at a time, for all who
 * wait; after one that found nothing, none for half a minute.
 */
export class OutcomeHistory {
  readonly #settings: ClientSettings;
  readonly #logger: Logger;
  readonly #topic: string;
  readonly #registry: SchemaRegistry | undefined;
  readonly #offsetsMax: number;
  readonly #keyOf: (event: PublishedStockEvent) => string | undefined;
  readonly #wanted = new Map<number, Map<string, Answer[]>>();
  readonly #reading = new Map<number, Promise<void>>();
  readonly #pausedUntil = new Map<number, number>();
  #closed = false;

  /** `offsetsMax`: how far back from the end of a partition is looked, in offsets. */
  constructor(
    settings: ClientSettings,
    logger: Logger,
    offsetsMax: number,
    keyOf: (event: PublishedStockEvent) => string | undefined,
  ) {
    this.#settings = settings;
    this.#logger = logger;
    this.#topic = topicRegistry(settings).stockEvents.name;
    this.#registry = openRegistry(settings);
    this.#offsetsMax = offsetsMax;
    this.#keyOf = keyOf;
  }

  /** The outcome with this key; undefined when it is not found, or Kafka does not answer. */
  find(partition: number, key: string): Promise<PublishedStockEvent | undefined> {
    const isPaused = performance.now() < (this.#pausedUntil.get(partition) ?? 0);
    if (isPaused || this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const wanted = this.#wanted.get(partition) ?? new Map<string, Answer[]>();
      wanted.set(key, [...(wanted.get(key) ?? []), resolve]);
      this.#wanted.set(partition, wanted);
      this.#start(partition);
    });
  }

  /** Ends what is being read; whoever waits gets nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#reading.values());
  }

  #start(partition: number): void {
    const wanted = this.#wanted.get(partition);
    if (!wanted || this.#reading.has(partition)) return;
    this.#wanted.delete(partition);
    const reading = this.#read(partition, wanted)
      .catch(() => undefined)
      .then(() => {
        if (wanted.size > 0) this.#pausedUntil.set(partition, performance.now() + pauseMs);
        for (const answers of wanted.values()) for (const answer of answers) answer(undefined);
        this.#reading.delete(partition);
        this.#start(partition);
      });
    this.#reading.set(partition, reading);
  }

  /** Answers those whose outcome it finds; the others are left in `wanted`. */
  async #read(partition: number, wanted: Map<string, Answer[]>): Promise<void> {
    const { low, high } = await this.#ends(partition);
    const reader = new PartitionReader(
      createKafka(this.#settings, 'onhand-history', this.#logger, impatient),
    );
    await reader.connect();
    try {
      const first = Math.max(low, high - this.#offsetsMax);
      for (let to = high; to > first && wanted.size > 0; to -= stretchOffsets) {
        const from = Math.max(first, to - stretchOffsets);
        for await (const messages of reader.read(this.#topic, partition, from, to)) {
          if (this.#closed) return;
          const areWanted = () => !this.#closed;
          const plain = await plainMessages(messages, this.#registry, this.#logger, areWanted);
          for (const message of plain ?? []) this.#answer(message, partition, wanted);
        }
      }
    } finally {
      await reader.disconnect();
    }
  }

  #answer(
    message: Parameters<typeof requireReadable>[0][number],
    partition: number,
    wanted: Map<string, Answer[]>,
  ): void {
    requireReadable([message], this.#topic, partition);
    const event = decodeStockEvent(message.value);
    const key = this.#keyOf(event);
    if (key === undefined) return;
    for (const answer of wanted.get(key) ?? []) answer(event);
    wanted.delete(key);
  }

  async #ends(partition: number): Promise<{ low: number; high: number }> {
    const admin = await connectAdmin(this.#settings, this.#logger);
    try {
      const ends = await admin.fetchTopicOffsets(this.#topic);
      const { low = 0, high = 0 } = ends.find((end) => end.partition === partition) ?? {};
      return { low: Number(low), high: Number(high) };
    } finally {
      await admin.disconnect();
    }
  }
}
