import type { IHeaders, Message, Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { type PlacedMessage, groupedMessages } from '../src/messaging/mends/groupedMessages.ts';
import { cutBatches } from './cutBatches.ts';

/**
 * Sends records byte by byte as they are given, idempotently and in their order, whatever schema
 * registry is configured. For commands: after a failed send it is of no more use.
 */
export class RawRecordProducer {
  readonly #producer: Producer;
  readonly #topic: string;
  #connecting: Promise<void> | undefined;

  constructor(settings: Settings, clientId: string, logger: Logger, topic: string) {
    this.#topic = topic;
    this.#producer = createKafka(settings, clientId, logger).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
  }

  /**
   * Resolves when Kafka has all of them. Throws kafkajs' errors: then some or all may have arrived
   * nevertheless.
   */
  async send(messages: readonly PlacedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await (this.#connecting ??= this.#producer.connect());
    for (const batch of cutBatches(messages, messageBytes)) {
      const record = { topic: this.#topic, acks: -1, messages: groupedMessages(batch) };
      await this.#producer.send(record);
    }
  }

  async disconnect(): Promise<void> {
    await this.#producer.disconnect();
  }
}

function messageBytes({ key, value, headers = {} }: Message): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes(headers);
}

function headerBytes(headers: IHeaders): number {
  let bytes = 0;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values].flat()) bytes += name.length + (value?.length ?? 0);
  }
  return bytes;
}
