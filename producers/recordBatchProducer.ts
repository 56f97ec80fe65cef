import type { Producer, ProducerRecord, RecordMetadata, Transaction } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { type PlacedMessage, groupedMessages } from '../src/messaging/mends/groupedMessages.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { prepareRegistry } from '../src/messaging/registry/prepareRegistry.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import type { Topic } from '../src/messaging/topics.ts';
import type { Logger } from '../src/ops/logger.ts';

/**
 * Sends records to one topic, idempotently, and in the order given per key. After a failed send
 * the kafkajs producer is thrown away: it would give the next records the sequence numbers of the
 * failed ones, and a broker that has those after all would take the next ones for repeats.
 */
export class RecordBatchProducer {
  readonly #settings: ClientSettings;
  readonly #clientId: string;
  readonly #logger: Logger;
  readonly #topic: Topic;
  #producer: Promise<Producer> | undefined;
  #registry: Promise<SchemaRegistry | undefined> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: ClientSettings, clientId: string, logger: Logger, topic: Topic) {
    this.#settings = settings;
    this.#clientId = clientId;
    this.#logger = logger;
    this.#topic = topic;
  }

  /** Sends connect by themselves, too; here a broker that is away shows at once. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** The record of a key, in the partition where the key is at home. */
  place(key: string, value: Buffer): PlacedMessage {
    return { key, value, partition: partitionOf(key, this.#topic.partitions) };
  }

  /**
   * Resolves when Kafka has all of them, or when they are part of the transaction, which the caller
   * ends. Throws operational errors (TOPIC_MISSING, …): then some or all may have arrived
   * nevertheless; and those of the schema registry, if one is configured. A send that fails takes
   * those with it that wait behind it.
   */
  async send(messages: PlacedMessage[], transaction?: Transaction): Promise<void> {
    if (messages.length === 0) return;
    const framed = await this.#framed(messages);
    const record = { topic: this.#topic.name, acks: -1, messages: groupedMessages(framed) };
    if (transaction) {
      requireAnswers(messages, await transaction.send(record));
      return;
    }
    // One at a time: on a new connection kafkajs lets the second of two sends overtake the first.
    const sending = this.#turn.then(() => this.#sendNow(record));
    this.#turn = sending;
    await sending;
  }

  /** Lets what was given be sent first. */
  async disconnect(): Promise<void> {
    await this.#turn.catch(() => undefined);
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect();
  }

  async #sendNow(record: ProducerRecord): Promise<void> {
    const connection = this.#connected();
    try {
      await (await connection).send(record);
    } catch (error) {
      this.#turn = Promise.resolve();
      if (this.#producer === connection) this.#producer = undefined;
      void connection.then((producer) => producer.disconnect()).catch(() => undefined);
      throw toOperationalError(error, this.#settings);
    }
  }

  /** With a registry configured, values name their schema by its id there. */
  async #framed(messages: PlacedMessage[]): Promise<PlacedMessage[]> {
    const registry = await this.#preparedRegistry();
    if (!registry) return messages;
    return messages.map(({ value, ...message }) => {
      return { ...message, value: Buffer.isBuffer(value) ? registry.framed(value) : value };
    });
  }

  #preparedRegistry(): Promise<SchemaRegistry | undefined> {
    if (!this.#registry) {
      const preparing = prepareRegistry(this.#settings, { topic: this.#topic });
      this.#registry = preparing;
      preparing.catch(() => (this.#registry = undefined));
    }
    return this.#registry;
  }

  #connected(): Promise<Producer> {
    if (!this.#producer) {
      const connection = this.#open();
      this.#producer = connection;
      connection.catch(() => {
        if (this.#producer === connection) this.#producer = undefined;
      });
    }
    return this.#producer;
  }

  async #open(): Promise<Producer> {
    const producer = createKafka(this.#settings, this.#clientId, this.#logger).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw toOperationalError(error, this.#settings);
    }
  }
}

/**
 * A transaction may be of a kafkajs that is not the one mended here: a partition that its send has
 * dropped has no answer, and must not be committed without.
 */
function requireAnswers(messages: readonly PlacedMessage[], answers: RecordMetadata[]): void {
  const given = new Set(messages.map(({ partition }) => partition));
  const answered = answers.map(({ partition }) => partition);
  if (answered.length === given.size && answered.every((partition) => given.has(partition))) return;
  throw new Error(
    `Kafka has answered for ${answered.length} of ${given.size} partitions: abort the transaction`,
  );
}
