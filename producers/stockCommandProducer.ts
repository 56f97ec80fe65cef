import type { Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { groupedMessages } from '../src/messaging/mends/groupedMessages.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { topicRegistry } from '../src/messaging/topics.ts';

/**
 * Sends stock commands: keyed by SKU, idempotent, in the order given per SKU. A command whose send
 * failed may be sent again under its id; it moves nothing twice.
 */
export class StockCommandProducer {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #partitions: number;

  constructor(settings: Settings, logger: Logger) {
    const { name, partitions } = topicRegistry(settings).stockCommands;
    this.#topic = name;
    this.#partitions = partitions;
    this.#producer = createKafka(settings, 'onhand-commands', logger).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
  }

  /** Resolves when Kafka has all of them. */
  async send(commands: readonly AskingCommand[]): Promise<void> {
    if (commands.length === 0) return;
    const messages = commands.map((command) => ({
      key: command.sku,
      value: encodeStockCommand(command),
      partition: partitionOf(command.sku, this.#partitions),
    }));
    await this.#producer.send({
      topic: this.#topic,
      acks: -1,
      messages: groupedMessages(messages),
    });
  }

  async disconnect(): Promise<void> {
    await this.#producer.disconnect();
  }
}
