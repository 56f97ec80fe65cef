import type { AskingCommand } from '../domain/commands.ts';
import type { StockEvent } from '../domain/events.ts';
import { isDue } from '../domain/reservation.ts';
import type { Policy, StockState } from '../domain/stockState.ts';
import { emptyState, itemKey, itemOf, putReservation } from '../domain/stockState.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import { putRememberedRow } from '../storage/loadStock.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import type { StoredLevel, StoredReservation } from '../storage/readLane.ts';
import { Deadlines } from './deadlines.ts';
import { decideEntry } from './decideSlice.ts';
import { type Entry, decodeSlice } from './decodeSlice.ts';
import { type Folded, LaneFold } from './laneFold.ts';
import type { LaneRecord } from './laneRecord.ts';
import { PackedOutcomes } from './packedOutcomes.ts';
import { Parking, isOperators } from './parking.ts';

type Place = StockState['due'][number];

/** A stock lane folded from its log. */
export class LaneReplay extends LaneFold<Entry, StockEvent> {
  readonly state: StockState;
  /** Parked commands by stock item, in log order. */
  readonly #waiting = new Map<string, ParkedRow[]>();
  readonly #parking: Parking;
  readonly #deadlines = new Deadlines<Place>();
  /** What the state shows of them is what the entry under way names, as in a slice. */
  readonly #outcomes = new PackedOutcomes();

  constructor(id: LaneId, policy: Policy, failed: readonly FailedDecision[]) {
    super(id, failed);
    this.state = emptyState(policy);
    this.#parking = new Parking(this.state, this.#waiting, this.poison);
  }

  /** Commands that are parked, in no order. */
  get parked(): ParkedRow[] {
    return [...this.#waiting.values()].flat();
  }

  putLevel({ sku, location, onHand, reserved, sequence, known }: StoredLevel): void {
    itemOf(this.state, sku, location).level = { onHand, reserved, sequence, known };
  }

  putReservation({ sku, location, ...reservation }: StoredReservation): void {
    putReservation(itemOf(this.state, sku, location), reservation);
    const { orderId, pending, expiresAt } = reservation;
    if (pending > 0) this.#deadlines.add(expiresAt, { sku, location, orderId });
  }

  /** The first outcome of a command, as it was published; they come in the order of log times. */
  putRemembered(commandId: string, time: number, value: Buffer): void {
    this.#outcomes.put(commandId, time, value);
  }

  /** Commands of one stock item have to come in log order. */
  putParked(row: ParkedRow): void {
    const key = itemKey(row.sku, row.location);
    const waiting = this.#waitingOf(key);
    waiting.push(row);
    this.state.parked.set(key, waiting.length);
  }

  protected override decode(records: readonly LaneRecord[], from: Progress): Entry[] {
    return decodeSlice(records, from, from.logTime);
  }

  protected override prepare(entry: Entry): void {
    this.#outcomes.forgetUntil(entry.time - this.state.policy.commandMemoryMs);
    if (!('command' in entry)) return;
    if (entry.command.kind === 'ExpireDue') this.#listDue(entry.time);
    else this.#recallNamed(entry.command);
  }

  protected override decide(entry: Entry, from: Progress, folded: Folded<StockEvent>): void {
    const mayPark = this.poison.size > 0 || this.state.parked.size > 0;
    if (mayPark && 'command' in entry && 'sku' in entry.command) {
      this.#waitingOf(itemKey(entry.command.sku, entry.command.location));
    }
    const before = folded.rows.length;
    for (const event of decideEntry(this.#parking, entry, from, folded.rows)) {
      folded.facts.push(event);
      this.#note(event);
    }
    for (let at = before; at < folded.rows.length; at++) {
      const { commandId, time, value } = folded.rows[at]!;
      if (commandId !== null) this.#outcomes.put(commandId, time, value!);
    }
    this.state.remembered.clear();
  }

  #recallNamed(command: AskingCommand): void {
    this.#recall(command.commandId);
    if (!isOperators(command)) return;
    for (const { value } of this.#waiting.get(itemKey(command.sku, command.location)) ?? []) {
      this.#recall((decodeStockCommand(value) as AskingCommand).commandId);
    }
  }

  #recall(commandId: string): void {
    const value = this.#outcomes.get(commandId);
    if (value) putRememberedRow(this.state, { commandId, value });
  }

  #note(event: StockEvent): void {
    if (event.kind !== 'StockReserved' && event.kind !== 'ReservationExtended') return;
    const { sku, location, orderId, expiresAt } = event;
    this.#deadlines.add(expiresAt, { sku, location, orderId });
  }

  #waitingOf(key: string): ParkedRow[] {
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = []));
    return waiting;
  }

  /** All that is due in the lane, in the order in which the database lists it. */
  #listDue(now: number): void {
    const due = this.#deadlines.take(now).filter(({ time, place }) => {
      const reservation = this.state.items
        .get(itemKey(place.sku, place.location))
        ?.reservations.get(place.orderId);
      // One that was extended is in there twice.
      return reservation?.expiresAt === time && isDue(reservation, now);
    });
    // A tick may leave some: they are due at the next one.
    for (const { time, place } of due) this.#deadlines.add(time, place);
    due.sort(
      ({ time: a, place: first }, { time: b, place: second }) =>
        a - b ||
        byBytes(first.sku, second.sku) ||
        byBytes(first.location, second.location) ||
        byBytes(first.orderId, second.orderId),
    );
    this.state.due = due.map(({ place }) => place);
  }
}

function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
