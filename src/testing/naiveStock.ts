import type { AskingCommand } from '../domain/commands.ts';
import type { Policy } from '../domain/stockState.ts';
import { type Answer, judge } from './naiveAnswer.ts';
import {
  type Scene,
  adjust,
  confirm,
  count,
  extend,
  receive,
  release,
  reserve,
  takeBack,
} from './naiveMoves.ts';
import { type Shelf, held } from './naiveShelf.ts';

/** Commands that the model knows: those that move stock. */
export type StockMove = Exclude<AskingCommand, { kind: 'RetryParked' | 'SkipParked' }>;

/**
 * Stock as one would keep it on paper, to hold `decide` against: every granted unit is a slip of
 * its own, deadlines are looked at before each answer, and there are no ticks.
 */
export class NaiveStock {
  readonly #policy: Policy;
  readonly #shelves = new Map<string, Shelf>();
  readonly #asked = new Map<string, { body: string; time: number }>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** The answer to a command; null to a repeat. */
  ask(command: StockMove, now: number): Answer | null {
    const { commandId, ...asked } = command;
    const body = JSON.stringify(asked);
    const first = this.#asked.get(commandId);
    if (first && now < first.time + this.#policy.commandMemoryMs) {
      return first.body === body ? null : judge([true, 'COMMAND_ID_REUSED']);
    }
    const nameless = judge([commandId.includes(' '), 'COMMAND_ID_INVALID']);
    if (nameless) return nameless;
    this.#asked.set(commandId, { body, time: now });
    const unnamed = judge(
      [command.sku === '', 'SKU_INVALID'],
      [command.location === '', 'LOCATION_INVALID'],
      ['orderId' in command && command.orderId.includes(' '), 'ORDER_ID_INVALID'],
    );
    return unnamed ?? this.#answer(command, now);
  }

  /** On hand, and the units that are held at this time. */
  level(sku: string, location: string, now: number): { onHand: number; held: number } {
    const shelf = this.#shelf(sku, location);
    return { held: held(shelf, now), onHand: shelf.onHand };
  }

  #shelf(sku: string, location: string): Shelf {
    const name = JSON.stringify([sku, location]);
    const shelf = this.#shelves.get(name) ?? { onHand: 0, known: false, holds: [] };
    this.#shelves.set(name, shelf);
    return shelf;
  }

  #answer(command: StockMove, now: number): Answer {
    const shelf = this.#shelf(command.sku, command.location);
    const free = shelf.onHand - held(shelf, now);
    const orderId = 'orderId' in command ? command.orderId : null;
    const hold = shelf.holds.find((candidate) => candidate.orderId === orderId);
    const scene: Scene = { shelf, hold, free, now, policy: this.#policy };
    switch (command.kind) {
      case 'ReceiveStock':
        return receive(command, scene);
      case 'AdjustStock':
        return adjust(command, scene);
      case 'CountStock':
        return count(command, scene);
      case 'ReserveStock':
        return reserve(command, scene);
      case 'ConfirmReservation':
        return confirm(command, scene);
      case 'ReleaseReservation':
        return release(command, scene);
      case 'ExtendReservation':
        return extend(command, scene);
      case 'ReturnStock':
        return takeBack(command, scene);
    }
  }
}
