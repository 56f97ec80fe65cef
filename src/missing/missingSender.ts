import type { TopicMessages } from 'kafkajs';
import { levelMessages, outboxMessages } from '../../producers/outboxMessages.ts';
import { PublisherProducer, transactionLimits } from '../../producers/publisherProducer.ts';
import { lateHeader } from '../messaging/lateHeader.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { topicsOf } from '../messaging/topics.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { EngineName } from '../storage/progress.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';

/**
 * Sends rows as their publisher would have done, each transaction wholly or not at all. Always
 * under the same transactional id: whoever opens the next one ends what this one left open first.
 */
export class MissingSender {
  readonly #context: VerifyContext;
  readonly #engine: EngineName;
  readonly #operation: number;
  #producer: PublisherProducer | undefined;

  private constructor(context: VerifyContext, engine: EngineName, operation: number) {
    this.#context = context;
    this.#engine = engine;
    this.#operation = operation;
  }

  /** `operation`: id of the audit row, which outcomes and dead letters carry in a header. */
  static async open(
    context: VerifyContext,
    engine: EngineName,
    operation: number,
  ): Promise<MissingSender> {
    const sender = new MissingSender(context, engine, operation);
    sender.#producer = await sender.#openProducer();
    return sender;
  }

  /** Sends rows of a lane, in their order: in one transaction if they are within the limits. */
  async sendRows(lane: number, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length > 0) await this.#publish(this.#messagesOf(lane, rows));
  }

  /** Sends last levels of stock items of a lane. */
  async sendLevels(lane: number, levels: readonly PublishedStockLevel[]): Promise<void> {
    const { topics, registry } = this.#context;
    for (let at = 0; at < levels.length; at += transactionLimits.rowsMax) {
      const some = levels.slice(at, at + transactionLimits.rowsMax);
      await this.#publish([levelMessages(lane, some, topics, registry)]);
    }
  }

  async close(): Promise<void> {
    await this.#producer?.close();
  }

  /** A producer is not used any more after its first error. */
  async #publish(messages: TopicMessages[]): Promise<void> {
    const producer = (this.#producer ??= await this.#openProducer());
    try {
      await producer.publish(messages);
    } catch (error) {
      this.#producer = undefined;
      await producer.close();
      throw error;
    }
  }

  #openProducer(): Promise<PublisherProducer> {
    const { settings, logger } = this.#context;
    return PublisherProducer.open(settings, logger, this.#engine, 'missing');
  }

  #messagesOf(lane: number, rows: readonly OutboxRow[]): TopicMessages[] {
    const { topics, registry } = this.#context;
    const { output, deadLetter } = topicsOf(topics, this.#engine);
    const late = { [lateHeader]: String(this.#operation) };
    // Only the last level of an item may be sent: see `sendLevels`.
    const plain = rows.map((row) => ({ ...row, level: null }));
    const all = outboxMessages(this.#engine, [{ lane, rows: plain }], topics, registry);
    return all.map(({ topic, messages }) => {
      if (topic !== output.name && topic !== deadLetter.name) return { topic, messages };
      const marked = messages.map((it) => ({ ...it, headers: { ...it.headers, ...late } }));
      return { topic, messages: marked };
    });
  }
}
