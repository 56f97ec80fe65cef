import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { evolve } from '../domain/evolve.ts';
import { emptyState } from '../domain/stockState.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import type { Entry } from './decodeSlice.ts';
import { stockOutcomes } from './stockOutcomes.ts';

const time = 1_700_000_000_000;
const { receive, reserve } = commandsFor('tea');
const record = { offset: 0, timestamp: time, key: null, value: null, headers: {} };
const entryOf = (command: StockCommand): Entry => ({ record, time, command });
const broken: Entry = { record, time, failure: new DecodeError('BROKEN_BODY', 'cut off') };
const deadLetter = { kind: 'dead-letter' } as OutboxRow;

function eventsOf(commands: StockCommand[]) {
  const state = emptyState({ reservationTtlMs: 1, reservationTtlMsMax: 1, commandMemoryMs: 1 });
  return commands.flatMap((command) => {
    const decided = decide(command, state, time);
    for (const event of decided) evolve(state, event);
    return decided;
  });
}

describe('stockOutcomes', () => {
  it('counts commands by the kind of their event, or the reason of their rejection', () => {
    const commands = [receive(10), reserve('a', 6), reserve('b', 6), reserve('c', 3)];
    const { outcomes } = stockOutcomes(commands.map(entryOf), eventsOf(commands), [], 0);
    expect(Object.fromEntries(outcomes)).to.deep.equal({
      StockReceived: 1,
      StockReserved: 2,
      INSUFFICIENT_STOCK: 1,
    });
  });

  it('counts a command that got its earlier answer as repeated', () => {
    const command = receive(1);
    const commands = [command, command, command];
    const { outcomes } = stockOutcomes(commands.map(entryOf), eventsOf(commands), [], 0);
    expect(Object.fromEntries(outcomes)).to.deep.equal({ StockReceived: 1, Repeated: 2 });
  });

  it('takes neither dead letters nor parked commands for repeats', () => {
    const command = receive(1);
    const entries = [entryOf(command), broken, entryOf(receive(2)), entryOf(receive(3))];
    const { outcomes } = stockOutcomes(entries, eventsOf([command]), [deadLetter], 2);
    expect(Object.fromEntries(outcomes)).to.deep.equal({ StockReceived: 1 });
  });

  it('counts what an expiry does apart: no command asks for it', () => {
    const [, reserved] = eventsOf([receive(5), reserve('a', 5)]);
    const expired = { ...reserved!, kind: 'ReservationExpired' as const, expiresAt: time };
    const events = [expired] as ReturnType<typeof eventsOf>;
    const counted = stockOutcomes([entryOf({ kind: 'ExpireDue', limit: 10 })], events, [], 0);
    expect(counted).to.deep.equal({ outcomes: new Map(), expired: 1 });
  });
});
