import type { StockCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { StockEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { StockState } from './stockState.ts';

/** A command and its log time in ms since 1970, which never falls within a lane. */
export interface TimedCommand {
  command: StockCommand;
  time: number;
}

/** Decides a batch in log order, each command on the state that the ones before it left. */
export function foldBatch(state: StockState, batch: readonly TimedCommand[]): StockEvent[][] {
  return batch.map(({ command, time }) => {
    const events = decide(command, state, time);
    for (const event of events) evolve(state, event);
    return events;
  });
}
