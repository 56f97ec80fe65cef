import type { AskingCommand, RetryParked, SkipParked, StockCommand } from '../domain/commands.ts';
import { decide, refuseSkipped } from '../domain/decide.ts';
import type { StockEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { malformedName } from '../domain/malformed.ts';
import type { StockReply } from '../domain/order/orderEvents.ts';
import { replyTo } from '../domain/order/replyTo.ts';
import type { StockState } from '../domain/stockState.ts';
import { itemKey, recall } from '../domain/stockState.ts';
import { InvariantError, invariant } from '../ops/errors.ts';
import { throwOnPoison } from '../ops/faultPoint.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import type { Entry } from './decodeSlice.ts';
import { HandlerError, type Poison, positionKey } from './handlerError.ts';

/** What one log position has caused. */
export interface Caused {
  offset: number;
  events: StockEvent[];
  /** The answer to the order that asked for one: to a repeat, the first outcome again. */
  reply: StockReply | null;
}

type CommandEntry = Extract<Entry, { command: unknown }>;

/**
 * Decides the commands of a slice with parking: a command that cannot be decided is parked, later
 * ones of its stock item wait behind it in order, everything else goes on. `RetryParked` and
 * `SkipParked`, commands in the log like any other, bring the item back.
 */
export class Parking {
  readonly added: ParkedRow[] = [];
  readonly removed: number[] = [];
  readonly #state: StockState;
  readonly #poison: Poison;
  /** Waiting commands of the items that this slice retries or skips. */
  readonly #waiting: Map<string, ParkedRow[]>;

  constructor(state: StockState, waiting: Map<string, ParkedRow[]>, poison: Poison) {
    this.#state = state;
    this.#waiting = waiting;
    this.#poison = poison;
  }

  /**
   * Why a command that cannot be parked cannot be decided: it names no item, or is an operator's.
   */
  homelessFailure(entry: CommandEntry): { failure: string; message: string } | undefined {
    if (this.#poison.size === 0) return undefined;
    const { command, record } = entry;
    const homeless =
      command.kind === 'ExpireDue' ||
      isOperators(command) ||
      malformedName(command, false) !== null;
    const failed = homeless ? this.#failed(entry, record.offset) : undefined;
    return failed && { failure: 'HANDLER_FAILED', message: failed.reason };
  }

  /** Decides one entry and updates the state. Throws HandlerError when a decision throws. */
  decide(entry: CommandEntry): Caused[] {
    const { command, record, time } = entry;
    if (command.kind === 'ExpireDue') return [this.#apply(command, record.offset, entry)];
    if (isOperators(command)) {
      const outcome = this.#apply(command, record.offset, entry);
      const kind = outcome.events.at(-1)?.kind;
      if (kind === 'ParkedRetried') return [outcome, ...this.#retry(entry)];
      return kind === 'ParkedSkipped' ? [outcome, this.#skip(entry)] : [outcome];
    }
    const { sku, location } = command;
    const mustWait = this.#state.parked.has(itemKey(sku, location));
    if (!mustWait && !this.#failed(entry, record.offset)) {
      return [this.#apply(command, record.offset, entry)];
    }
    invariant(record.value, 'a command without bytes');
    this.#park({ sku, location, offset: record.offset, time, value: record.value });
    return [];
  }

  #failed(entry: CommandEntry, offset: number): FailedDecision | undefined {
    return this.#poison.get(positionKey({ at: entry.record.offset, offset }));
  }

  #park(row: ParkedRow): void {
    const key = itemKey(row.sku, row.location);
    this.#state.parked.set(key, (this.#state.parked.get(key) ?? 0) + 1);
    this.#waiting.get(key)?.push(row);
    this.added.push(row);
  }

  #retry(entry: CommandEntry): Caused[] {
    const key = keyOf(entry);
    const caused: Caused[] = [];
    const rows = this.#waiting.get(key) ?? [];
    for (let row = rows[0]; row; row = rows[0]) {
      if (this.#failed(entry, row.offset)) return caused;
      caused.push(this.#apply(decodeStockCommand(row.value), row.offset, entry));
      this.#unpark(key, rows);
    }
    return caused;
  }

  #skip(entry: CommandEntry): Caused {
    const key = keyOf(entry);
    const rows = this.#waiting.get(key) ?? [];
    const [row] = rows;
    invariant(row, `nothing is parked of ${key}`);
    const command = decodeStockCommand(row.value) as AskingCommand;
    const event = refuseSkipped(command, this.#state, entry.time);
    if (event) evolve(this.#state, event);
    this.#unpark(key, rows);
    const events = event ? [event] : [];
    return { offset: row.offset, events, reply: this.#replyTo(command, events, entry.time) };
  }

  #unpark(key: string, rows: ParkedRow[]): void {
    const row = rows.shift();
    if (!row) return;
    if (rows.length === 0) this.#state.parked.delete(key);
    else this.#state.parked.set(key, rows.length);
    const added = this.added.indexOf(row);
    if (added >= 0) this.added.splice(added, 1);
    else this.removed.push(row.offset);
  }

  #replyTo(command: StockCommand, events: readonly StockEvent[], now: number): StockReply | null {
    if (command.kind === 'ExpireDue' || !command.reply) return null;
    const outcome = events.at(-1) ?? recall(this.#state, command.commandId, now);
    return outcome ? replyOf(command, outcome, this.#state) : null;
  }

  #apply(command: CommandEntry['command'], offset: number, entry: CommandEntry): Caused {
    try {
      if (command.kind !== 'ExpireDue' && !isOperators(command)) throwOnPoison(command.sku);
      const events = decide(command, this.#state, entry.time);
      for (const event of events) evolve(this.#state, event);
      return { offset, events, reply: this.#replyTo(command, events, entry.time) };
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      throw new HandlerError(entry.record.offset, offset, error);
    }
  }
}

/** The answer to a command that asked for one, and that names an order. */
function replyOf(command: StockCommand, outcome: StockEvent, state: StockState): StockReply | null {
  const asks = 'reply' in command && command.reply === true && 'orderId' in command;
  return asks ? replyTo(command, outcome, state) : null;
}

/** By which operators bring a stock item back: it looks at what is parked. */
export function isOperators(command: StockCommand): command is RetryParked | SkipParked {
  return command.kind === 'RetryParked' || command.kind === 'SkipParked';
}

function keyOf({ command }: CommandEntry): string {
  const { sku, location } = command as AskingCommand;
  return itemKey(sku, location);
}
