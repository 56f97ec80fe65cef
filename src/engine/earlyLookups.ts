import type { StockEvent } from '../domain/events.ts';
import { isRemembered } from '../domain/evolve.ts';
import type { StockState } from '../domain/stockState.ts';
import { itemOf, putReservation } from '../domain/stockState.ts';
import type { RememberedRow, ReservationRow } from '../storage/findStock.ts';
import { type NamedStock, putRememberedRow, putReservationRow } from '../storage/loadStock.ts';
import type { ChangedReservation } from '../storage/saveStock.ts';
import { type SliceLookups, sliceLookups } from '../storage/sliceLookups.ts';
import type { Querying } from '../storage/together.ts';
import type { Entry } from './decodeSlice.ts';

/**
 * What a slice will look up, asked for while the slice before it is under way, so that a lane with
 * much to do does not wait for the answer. Whether MySQL answers from before or after that slice's
 * commit makes no difference: what it changed is put on top. What the slice before that one, the
 * `predecessor`, has changed must be committed.
 */
export class EarlyLookups {
  readonly reader: Querying;
  readonly lookups: SliceLookups;
  /** The slice that it is for, when that is certain. */
  readonly entries: readonly Entry[] | undefined;
  readonly #orderIds: ReadonlySet<string>;
  readonly #commandIds: ReadonlySet<string>;
  readonly #found: Promise<[ReservationRow[], RememberedRow[]]>;
  #reservations: readonly ChangedReservation[] = [];
  #events: readonly StockEvent[] = [];

  constructor(
    reader: Querying,
    predecessor: Promise<unknown>,
    lane: number,
    named: NamedStock,
    entries: readonly Entry[] | undefined,
  ) {
    this.reader = reader;
    this.lookups = sliceLookups(reader);
    this.entries = entries;
    this.#orderIds = new Set(named.orderIds);
    this.#commandIds = new Set(named.commandIds);
    this.#found = predecessor.then(() =>
      Promise.all([
        this.lookups.reservations(lane, named.orderIds),
        this.lookups.remembered(lane, named.commandIds),
      ]),
    );
    // Whoever needs it is told; nobody may.
    this.#found.catch(() => undefined);
  }

  /** What of these names was not asked for. */
  missing({ items, orderIds, commandIds }: NamedStock): NamedStock {
    return {
      items,
      orderIds: orderIds.filter((id) => !this.#orderIds.has(id)),
      commandIds: commandIds.filter((id) => !this.#commandIds.has(id)),
    };
  }

  /** The slice before is decided, and changes this. */
  follow(reservations: readonly ChangedReservation[], events: readonly StockEvent[]): void {
    this.#reservations = reservations;
    this.#events = events;
  }

  /** Puts all that was asked for into the state, as it is after the slice before. */
  async putInto(state: StockState): Promise<void> {
    const [reservations, outcomes] = await this.#found;
    for (const row of reservations) putReservationRow(state, row);
    for (const row of outcomes) putRememberedRow(state, row);
    for (const { reservation, item } of this.#reservations) {
      if (!this.#orderIds.has(reservation.orderId)) continue;
      putReservation(itemOf(state, item.sku, item.location), reservation);
    }
    for (const event of this.#events) {
      if (!isRemembered(event) || !this.#commandIds.has(event.commandId)) continue;
      state.remembered.set(event.commandId, event);
    }
  }
}
