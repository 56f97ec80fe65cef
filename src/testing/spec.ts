import { expect } from 'chai';
import type { AskingCommand, StockCommand } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import type { CommandRejected, StockEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { RejectionReason } from '../domain/rejections.ts';
import type { Policy } from '../domain/stockState.ts';
import { emptyState } from '../domain/stockState.ts';
import { expectSound } from './expectSound.ts';
import { listReservations } from './listReservations.ts';
import { stateContents } from './stateContents.ts';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** Log time at which every story begins. */
export const startTime = Date.UTC(2026, 0, 5, 9);

export const policy: Policy = {
  reservationTtlMs: 30 * minuteMs,
  reservationTtlMsMax: 2 * dayMs,
  commandMemoryMs: 7 * dayMs,
};

/** A step of a story: a command, ms of log time that pass, or commands that the engine parks. */
export type Step = StockCommand | { passMs: number } | { parked: number; sku: string };

export function pass(passMs: number): { passMs: number } {
  return { passMs };
}

/** Fields that an event must have. */
export type Expected = { kind: StockEvent['kind'] } & Record<string, unknown>;

/** A story: what happened, then a command, then what has to be stated, and so on. */
export function given(...past: Step[]): Story {
  const story = new Story();
  for (const step of past) {
    const outcome = story.when(step).outcome;
    if (outcome?.kind === 'CommandRejected') expect.fail(`refused before: ${outcome.reason}`);
  }
  return story;
}

export class Story {
  readonly state = emptyState(policy);
  now = startTime;
  events: StockEvent[] = [];

  /** Asks, checks what holds for every answer, and asks again: a repeat must move nothing. */
  when(...steps: Step[]): this {
    for (const step of steps) {
      if ('passMs' in step) {
        this.now += step.passMs;
        continue;
      }
      if ('parked' in step) {
        this.state.parked.set(step.sku, step.parked);
        continue;
      }
      this.events = this.#ask(step);
      for (const event of this.events) evolve(this.state, event);
      expectSound(this.state);
      if (step.kind === 'ExpireDue' || this.events.length === 0) continue;
      this.#expectOneOutcome(step);
      this.#expectRepeatIgnored(step);
    }
    return this;
  }

  /** The events of the last command, in order; each with at least these fields. */
  then(...expected: Expected[]): this {
    expect(this.events.map(({ kind }) => kind)).to.deep.equal(expected.map(({ kind }) => kind));
    expected.forEach((fields, index) => expect(this.events[index]).to.include(fields));
    return this;
  }

  /** The last command was refused, after whatever expiries it had to state. */
  thenRefused(reason: RejectionReason, receipt: Partial<CommandRejected> = {}): this {
    expect(this.outcome).to.include({ kind: 'CommandRejected', reason, ...receipt });
    return this;
  }

  thenNothing(): this {
    expect(this.events).to.be.empty;
    return this;
  }

  get outcome(): StockEvent | undefined {
    return this.events.at(-1);
  }

  #ask(command: StockCommand): StockEvent[] {
    this.state.due = listReservations(this.state);
    const before = structuredClone(stateContents(this.state));
    const events = decide(structuredClone(command), this.state, this.now);
    expect(stateContents(this.state), 'decide changes nothing').to.deep.equal(before);
    return events;
  }

  #expectOneOutcome({ commandId }: AskingCommand): void {
    const ids = this.events.map((event) => event.commandId);
    const expiries = this.events.slice(0, -1).map(({ kind }) => kind);
    expect(ids.at(-1), 'id of the outcome').to.equal(commandId.slice(0, 64));
    expect(
      ids.slice(0, -1).every((id) => id === null),
      'one outcome',
    ).to.be.true;
    expect(
      expiries.every((kind) => kind === 'ReservationExpired'),
      'expiries',
    ).to.be.true;
  }

  #expectRepeatIgnored(command: AskingCommand): void {
    const { outcome } = this;
    const reason = outcome?.kind === 'CommandRejected' ? outcome.reason : null;
    // Neither is remembered: the one has no id, the other's id belongs to an earlier command.
    if (reason === 'COMMAND_ID_INVALID' || reason === 'COMMAND_ID_REUSED') return;
    expect(this.#ask(command), 'a repeat gives no event').to.be.empty;
  }
}
