import { checkReserved } from './checkReserved.ts';
import { type Drain, type DrainOptions, drainSide } from './drainSide.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { commandsOf, sendCommands } from './preload.ts';
import type { Side } from './side.ts';
import type { Workload } from './workload.ts';

/** Reservations, and the receipts of their stock before them. */
const reservations: Drain<Workload, OutcomeReader> = {
  name: 'onhand',
  answers: ({ orders, skus }) => orders.length + skus.length,
  preload: (at, work, show) => sendCommands(at, commandsOf(work), show),
  openReader: (at) => OutcomeReader.open(at),
  check: (at, { orders, skus, grantable }, reader) => {
    const events = orders.length + skus.length;
    const ends = { confirmed: 0, released: 0, expired: 0 };
    return checkReserved(at, { events, granted: grantable, pending: grantable, ...ends }, reader);
  },
};

/** Reserves by onhand, Kafka to Kafka; see `drainSide` for what is timed. */
export function onhandSide(options?: DrainOptions): Side {
  return drainSide(reservations, options);
}
