import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeHistory } from '../consumers/outcomeHistory.ts';
import { StockEventTail } from '../consumers/stockEventTail.ts';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { bodyDigest } from '../src/domain/bodyDigest.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import { isId } from '../src/domain/limits.ts';
import { toOperationalError } from '../src/messaging/kafkaErrors.ts';
import type { PlacedMessage } from '../src/messaging/mends/groupedMessages.ts';
import { decodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import type { Logger } from '../src/ops/logger.ts';
import { LaneHoldUps } from './laneHoldUps.ts';
import { OutcomeMailboxReader } from './outcomeMailboxReader.ts';
import { PendingOutcomes, keyOfEvent, outcomeKey } from './pendingOutcomes.ts';
import { RecordBatcher } from './recordBatcher.ts';
import { sendFailure } from './sendFailure.ts';
import { StockBusyError } from './stockBusyError.ts';
import { StockCommandProducer } from './stockCommandProducer.ts';
import { type StockOutcome, type UpstreamCommand, outcomeOf } from './stockOutcome.ts';

const defaultDeadlineMs = 5000;
const defaultInFlightMax = 10_000;
/** Outcomes of anybody's commands that are kept, and read at the start, for those who ask again. */
const recentMax = 20_000;
/** How far back a repeat's outcome is looked for when it has not come, in its partition. */
const historyOffsetsMax = 250_000;
const closePollMs = 10;

export interface StockClientOptions {
  /** How long a call waits for its outcome, in ms; 5,000 unless given. */
  deadlineMs?: number;
  /** Calls that wait at most; more get a StockBusyError at once. 10,000 unless given. */
  inFlightMax?: number;
  /** True: outcomes are to lie in Redis, too, and are looked for there when a call is repeated. */
  mailbox?: boolean;
}

/** What a call names in every case. */
interface Ask {
  /**
   * The idempotency key, 1 to 64 printable ASCII characters without spaces; a random one unless
   * given. Give your own to be able to call again after a crash.
   */
  commandId?: string;
  sku: string;
  /** `main` unless given. */
  location?: string;
}

/**
 * Sends stock commands and waits for what becomes of them. Each method returns the outcome, granted
 * or refused, as a value. It throws StockBusyError when there is none in time: the same call with
 * the error's `commandId` is then safe. It throws RangeError or TypeError for a command that cannot
 * be sent as it is, and OperationalError when Kafka refuses us.
 *
 * Stock states the outcome of a command once: sent again under its id, nothing new is on
 * `stock.events`. It is known here if it is among the last outcomes of its partition (20,000 over
 * all partitions, those just before `start` included), or if the call that gave up was one of this
 * client's last 10,000 such; else it comes from the mailbox in Redis, where outcomes stay for
 * ONHAND_OUTCOME_TTL_SECONDS if the first sender has asked for it. A call with its own `commandId`
 * that is still without one at its deadline is looked for among the last 250,000 offsets of its
 * partition, which takes some seconds more. Nothing moves twice in any case.
 */
export class StockClient {
  readonly #deadlineMs: number;
  readonly #inFlightMax: number;
  readonly #settings: ClientSettings;
  readonly #producer: StockCommandProducer;
  readonly #batcher: RecordBatcher;
  readonly #outcomes = new PendingOutcomes(recentMax);
  readonly #tail: StockEventTail;
  readonly #holdUps: LaneHoldUps;
  readonly #history: OutcomeHistory;
  readonly #mailbox: OutcomeMailboxReader | undefined;
  #open = false;

  constructor(settings: ClientSettings, logger: Logger, options: StockClientOptions = {}) {
    this.#deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    this.#inFlightMax = options.inFlightMax ?? defaultInFlightMax;
    this.#settings = settings;
    const { mailbox = false } = options;
    this.#producer = new StockCommandProducer(settings, logger, { mailbox });
    this.#batcher = new RecordBatcher((messages) => this.#producer.sendMessages(messages));
    this.#holdUps = new LaneHoldUps(settings, logger);
    this.#history = new OutcomeHistory(settings, logger, historyOffsetsMax, keyOfEvent);
    const take = this.#outcomes.take.bind(this.#outcomes);
    this.#tail = new StockEventTail(settings, logger, recentMax, take);
    if (mailbox) this.#mailbox = new OutcomeMailboxReader(settings, take);
  }

  /**
   * Resolves when calls can be made: outcomes are read, and Kafka takes commands. Throws
   * TOPIC_MISSING, KAFKA_FORBIDDEN, KAFKA_UNREACHABLE and other operational errors.
   */
  async start(): Promise<void> {
    try {
      await Promise.all([this.#producer.connect(), this.#tail.start()]);
      this.#open = true;
    } catch (error) {
      await this.close();
      throw toOperationalError(error, this.#settings);
    }
  }

  /** Takes no more calls, and ends when those under way have their outcome or are too late. */
  async close(): Promise<void> {
    this.#open = false;
    while (this.#outcomes.size > 0) await sleep(closePollMs);
    this.#mailbox?.close();
    await this.#batcher.idle();
    await Promise.all([
      this.#history.close(),
      this.#tail.stop(),
      this.#producer.disconnect(),
      this.#holdUps.close(),
    ]);
  }

  /** Goods came in: on hand += quantity. */
  receive(ask: Ask & { quantity: number }): Promise<StockOutcome<'ReceiveStock'>> {
    return this.#call(ask, { kind: 'ReceiveStock', ...head(ask), quantity: ask.quantity });
  }

  /**
   * Holds units for an order. All or nothing, unless a `minimum` is given: then up to `quantity`,
   * at least the minimum. Until `expiresAt` (ms since 1970) or for `ttlSeconds`, not both; for the
   * installation's default life unless one is given.
   */
  reserve(
    ask: Ask & {
      orderId: string;
      quantity: number;
      minimum?: number;
      expiresAt?: number;
      ttlSeconds?: number;
    },
  ): Promise<StockOutcome<'ReserveStock'>> {
    const { orderId, quantity, minimum = null, expiresAt = null, ttlSeconds = null } = ask;
    const body = { orderId, quantity, minimum, expiresAt, ttlSeconds };
    return this.#call(ask, { kind: 'ReserveStock', ...head(ask), ...body });
  }

  /** The order is paid: its units leave. All that is pending unless a quantity is given. */
  confirm(
    ask: Ask & { orderId: string; quantity?: number },
  ): Promise<StockOutcome<'ConfirmReservation'>> {
    const { orderId, quantity = null } = ask;
    return this.#call(ask, { kind: 'ConfirmReservation', ...head(ask), orderId, quantity });
  }

  /**
   * The order is cancelled: its units are free again. All that is pending unless a quantity is
   * given. Before the order's reserve it is a tombstone: that reserve will be refused.
   */
  release(
    ask: Ask & { orderId: string; quantity?: number; reason?: string },
  ): Promise<StockOutcome<'ReleaseReservation'>> {
    const { orderId, quantity = null, reason = '' } = ask;
    const body = { orderId, quantity, reason };
    return this.#call(ask, { kind: 'ReleaseReservation', ...head(ask), ...body });
  }

  /** Moves the deadline of a reservation to a later time, in ms since 1970. */
  extend(
    ask: Ask & { orderId: string; expiresAt: number },
  ): Promise<StockOutcome<'ExtendReservation'>> {
    const { orderId, expiresAt } = ask;
    return this.#call(ask, { kind: 'ExtendReservation', ...head(ask), orderId, expiresAt });
  }

  /** Sold goods came back: on hand += quantity. */
  returnStock(
    ask: Ask & { orderId: string; quantity: number },
  ): Promise<StockOutcome<'ReturnStock'>> {
    const { orderId, quantity } = ask;
    return this.#call(ask, { kind: 'ReturnStock', ...head(ask), orderId, quantity });
  }

  /** A correction by difference: on hand += delta. */
  adjust(ask: Ask & { delta: number; reason: string }): Promise<StockOutcome<'AdjustStock'>> {
    const { delta, reason } = ask;
    return this.#call(ask, { kind: 'AdjustStock', ...head(ask), delta, reason });
  }

  /** A stock-take: on hand := counted, if it is what was `expected`, where that is given. */
  count(
    ask: Ask & { counted: number; expected?: number; reason: string },
  ): Promise<StockOutcome<'CountStock'>> {
    const { counted, expected = null, reason } = ask;
    return this.#call(ask, { kind: 'CountStock', ...head(ask), counted, expected, reason });
  }

  async #call<Kind extends UpstreamCommand['kind']>(
    ask: Ask,
    command: UpstreamCommand & { kind: Kind },
  ): Promise<StockOutcome<Kind>> {
    const { commandId, sku } = command;
    if (!isId(commandId)) {
      throw new RangeError('a command id has 1 to 64 printable ASCII characters, no spaces');
    }
    const message = this.#producer.messageOf(command);
    const key = outcomeKey(commandId, digestOf(message));
    const isRepeat = ask.commandId !== undefined;
    const earlier = isRepeat ? this.#outcomes.recall(key) : undefined;
    if (earlier) return outcomeOf(earlier);

    this.#requireRoom(commandId);
    const pending = this.#outcomes.wait(key, this.#deadlineMs, () =>
      this.#late(commandId, message, isRepeat ? key : undefined),
    );
    let isOpen = true;
    const closed = () => (isOpen = false);
    pending.event.then(closed, closed);
    this.#batcher.add(message).catch((error: unknown) => {
      pending.fail(sendFailure(error, commandId, this.#settings));
    });
    if (isRepeat) this.#mailbox?.watch({ sku, commandId, isOpen: () => isOpen });
    return outcomeOf(await pending.event);
  }

  #requireRoom(commandId: string): void {
    const tooMany = this.#outcomes.size >= this.#inFlightMax;
    if (this.#open && !tooMany) return;
    const reason = this.#open ? `${this.#inFlightMax} calls are waiting` : 'the client is closed';
    throw new StockBusyError(commandId, reason, { mayBeDecided: false });
  }

  /** What a call without an outcome ends with; `key` is that of one that may be a repeat. */
  async #late(commandId: string, { partition }: PlacedMessage, key?: string) {
    const heldUp = await this.#holdUps.find(partition);
    const cause = heldUp === undefined ? '' : `: ${heldUp}`;
    const earlier =
      heldUp === undefined && key !== undefined
        ? await this.#history.find(partition, key)
        : undefined;
    if (earlier) return earlier;
    const reason = `no outcome within ${this.#deadlineMs} ms${cause}`;
    return new StockBusyError(commandId, reason, { mayBeDecided: true });
  }
}

function head({ commandId = randomUUID(), sku, location = 'main' }: Ask) {
  return { commandId, sku, location };
}

/** Of the command as the engine will read it: encoding may have made equal what was not. */
function digestOf({ value }: PlacedMessage): number {
  return bodyDigest(decodeStockCommand(value as Buffer) as AskingCommand);
}
