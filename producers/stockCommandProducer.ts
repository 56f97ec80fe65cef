import type { Transaction } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import { mailboxHeaders } from '../src/messaging/mailboxHeader.ts';
import type { PlacedMessage } from '../src/messaging/mends/groupedMessages.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import type { Logger } from '../src/ops/logger.ts';
import { RecordBatchProducer } from './recordBatchProducer.ts';

/**
 * Sends stock commands: keyed by SKU, idempotent, in the order given per SKU. A command whose send
 * failed may be sent again under its id; it moves nothing twice.
 */
export class StockCommandProducer {
  readonly #producer: RecordBatchProducer;
  readonly #mailbox: boolean;

  /** With `mailbox`, outcomes are asked for in Redis, too: see `mailboxHeader`. */
  constructor(settings: ClientSettings, logger: Logger, { mailbox = false } = {}) {
    const topic = topicRegistry(settings).stockCommands;
    this.#mailbox = mailbox;
    this.#producer = new RecordBatchProducer(settings, 'onhand-commands', logger, topic);
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
  }

  /** The record of a command. Throws when a field is not of its type. */
  messageOf(command: AskingCommand): PlacedMessage {
    const message = this.#producer.place(command.sku, encodeStockCommand(command));
    return this.#mailbox ? { ...message, headers: mailboxHeaders } : message;
  }

  /**
   * Resolves when Kafka has all of them. With a transaction of the caller's they are sent in it:
   * they are decided once it is committed, never if it is aborted.
   */
  async send(
    commands: readonly AskingCommand[],
    { transaction }: { transaction?: Transaction } = {},
  ): Promise<void> {
    await this.#producer.send(
      commands.map((command) => this.messageOf(command)),
      transaction,
    );
  }

  /** Like `send`, for records made by `messageOf`. */
  async sendMessages(messages: PlacedMessage[]): Promise<void> {
    await this.#producer.send(messages);
  }

  async disconnect(): Promise<void> {
    await this.#producer.disconnect();
  }
}
