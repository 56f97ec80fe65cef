import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import type { StockEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { TimedCommand } from '../domain/foldBatch.ts';
import { type Policy, type StockState, emptyState, itemKey, itemOf } from '../domain/stockState.ts';
import { expectSound } from './expectSound.ts';
import { listReservations } from './listReservations.ts';
import { type Answer, answerOf } from './naiveAnswer.ts';

/** What a history came to. */
export interface Run {
  state: StockState;
  events: StockEvent[];
  /** Per command that asks for something; null for a repeat. */
  answers: (Answer | null)[];
}

type Asked = Exclude<StockCommand, { kind: 'ExpireDue' }>;

/** Decides a history one by one and checks what must hold after every step. */
export function runHistory(
  history: readonly TimedCommand[],
  policy: Policy,
  afterEach?: (command: Asked, answer: Answer | null, state: StockState, time: number) => void,
): Run {
  const run: Run = { state: emptyState(policy), events: [], answers: [] };
  const books: Books = new Map();
  for (const { command, time } of history) {
    const events = decideFrozen(command, run.state, time);
    for (const event of events) {
      follow(run.state, event, books);
      run.events.push(event);
    }
    expectSound(run.state);
    freeze(run.state);
    if (command.kind === 'ExpireDue') {
      expect(events.every(isExpiry), 'a tick only expires').to.be.true;
      continue;
    }
    const outcome = events.at(-1);
    expect(events.slice(0, -1).every(isExpiry), 'one outcome, the last event').to.be.true;
    if (outcome) expect(outcome.commandId).to.equal(command.commandId);
    const answer = outcome ? answerOf(outcome) : null;
    run.answers.push(answer);
    afterEach?.(command, answer, run.state, time);
  }
  return run;
}

/** Decides on a state whose values are frozen and whose maps must not change either. */
function decideFrozen(command: StockCommand, state: StockState, time: number): StockEvent[] {
  state.due = listReservations(state);
  const before = references(state);
  const events = decide(Object.freeze(command), state, time);
  const after = references(state);
  const same = after.length === before.length && after.every((value, i) => value === before[i]);
  expect(same, 'decide changes nothing').to.be.true;
  return events.map((event) => Object.freeze(event));
}

/** Every value of the state that may be replaced, but never changed, and by `evolve` only. */
function references({ items, remembered }: StockState): unknown[] {
  const values = [...items.values()].flatMap((item) => {
    return [item, item.level, ...item.reservations.values()];
  });
  return [...values, ...remembered.values()];
}

function freeze(state: StockState): void {
  for (const { level, reservations } of state.items.values()) {
    Object.freeze(level);
    reservations.forEach((reservation) => Object.freeze(reservation));
  }
}

/** Per stock item, where its last event ended and what its events add up to. */
type Books = Map<string, { last: StockEvent | undefined; onHand: number }>;

/** Evolves by an event, which must begin where the last one of its stock item ended. */
function follow(state: StockState, event: StockEvent, books: Books): void {
  evolve(state, event);
  if (event.sequence === 0) return;
  const key = itemKey(event.sku, event.location);
  const book = books.get(key) ?? { last: undefined, onHand: 0 };
  expect(event.sequence, 'sequence').to.equal((book.last?.sequence ?? 0) + 1);
  expect(event.onHandBefore, 'on hand before').to.equal(book.last?.onHandAfter ?? 0);
  expect(event.reservedBefore, 'reserved before').to.equal(book.last?.reservedAfter ?? 0);
  const onHand = book.onHand + unitsIn(event);
  books.set(key, { last: event, onHand });
  const { level } = itemOf(state, event.sku, event.location);
  expect(level.onHand, 'on hand is what came in less what went out').to.equal(onHand);
  expect(event.onHandAfter, 'on hand after').to.equal(onHand);
  expect(event.reservedAfter, 'reserved after').to.equal(level.reserved);
}

/** Units that an event, by its own words, has brought in. */
function unitsIn(event: StockEvent): number {
  if (event.kind === 'StockReceived' || event.kind === 'StockReturned') return event.quantity;
  if (event.kind === 'ReservationConfirmed') return -event.quantity;
  return 'delta' in event ? event.delta : 0;
}

function isExpiry(event: StockEvent): boolean {
  return event.kind === 'ReservationExpired' && event.commandId === null;
}
