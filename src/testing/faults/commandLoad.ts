import { setTimeout as sleep } from 'node:timers/promises';
import { StockCommandProducer } from '../../../producers/stockCommandProducer.ts';
import type { Settings } from '../../config/settings.ts';
import type { AskingCommand } from '../../domain/commands.ts';
import { commandsFor } from '../commandsFor.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { SendTally } from './sendTally.ts';

const pauseMs = 50;
const retryMs = 500;
const batchMax = 30;
const skus = Array.from({ length: 12 }, (_, index) => `sku-${index}`);

/**
 * Sends mixed commands in the background until it is stopped: receive, reserve, confirm, release,
 * now and then a repeat of a command or another one under its id. What Kafka did not accept for
 * certain is sent again, as an honest upstream service does.
 */
export class CommandLoad {
  readonly #settings: Settings;
  #producer: StockCommandProducer | undefined;
  readonly #orders: { sku: string; orderId: string }[] = [];
  readonly #sent: AskingCommand[] = [];
  #random: number;
  #stopping = false;
  readonly #done: Promise<void>;
  readonly tally = new SendTally();
  /** Sends that failed and were repeated. */
  failures = 0;
  #prefix: string;

  constructor(settings: Settings, seed = 1) {
    this.#settings = settings;
    this.#random = seed;
    this.#prefix = `${seed}-${Date.now().toString(36)}`;
    this.#done = this.#run();
  }

  /** Every command that Kafka has, by id; of those with a re-used id the first. */
  get accepted(): ReadonlyMap<string, AskingCommand> {
    const first = new Map<string, AskingCommand>();
    for (const command of this.#sent) {
      if (!first.has(command.commandId)) first.set(command.commandId, command);
    }
    return first;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
    await this.#producer?.disconnect();
  }

  async #run(): Promise<void> {
    await this.#send(skus.map((sku) => this.#named(commandsFor(sku).receive(500))));
    while (!this.#stopping) {
      await this.#send(Array.from({ length: 1 + this.#below(batchMax) }, () => this.#next()));
      await sleep(pauseMs);
    }
  }

  /** Until Kafka has them: a producer that failed is of no use any more. */
  async #send(commands: AskingCommand[]): Promise<void> {
    const ids = commands.map(({ commandId }) => commandId);
    for (;;) {
      try {
        this.#producer ??= await connected(this.#settings);
        this.tally.tried(ids);
        await this.#producer.send(commands);
        this.tally.resolved(ids);
        this.#sent.push(...commands);
        return;
      } catch {
        this.failures++;
        await this.#producer?.disconnect().catch(() => undefined);
        this.#producer = undefined;
        await sleep(retryMs);
      }
    }
  }

  #next(): AskingCommand {
    const dice = this.#below(100);
    const sku = skus[this.#below(skus.length)] ?? '';
    if (dice < 10) return this.#named(commandsFor(sku).receive(1 + this.#below(40)));
    if (dice < 50 || this.#orders.length < 20) {
      const orderId = `${this.#prefix}-${this.#sent.length}-${this.#below(1_000_000)}`;
      this.#orders.push({ sku, orderId });
      return this.#named(commandsFor(sku).reserve(orderId, 1 + this.#below(5)));
    }
    if (dice < 94) {
      const [order] = this.#orders.splice(this.#below(this.#orders.length), 1);
      const { confirm, release } = commandsFor(order!.sku);
      return this.#named(dice < 75 ? confirm(order!.orderId) : release(order!.orderId));
    }
    const earlier = this.#sent[this.#below(this.#sent.length)]!;
    if (dice < 98) return earlier;
    return { ...commandsFor(earlier.sku).receive(1000), commandId: earlier.commandId };
  }

  #named(command: AskingCommand): AskingCommand {
    return { ...command, commandId: `${this.#prefix}-${command.commandId}` };
  }

  /** The same numbers for the same seed. */
  #below(limit: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * limit);
  }
}

async function connected(settings: Settings): Promise<StockCommandProducer> {
  const producer = new StockCommandProducer(settings, silentLogger);
  await producer.connect();
  return producer;
}
