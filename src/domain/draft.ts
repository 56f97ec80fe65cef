import type { EventBody, StockEvent } from './events.ts';
import type { Reservation } from './reservation.ts';
import { evolveReservation, isDue } from './reservation.ts';
import type { Policy, StockItem } from './stockState.ts';
import { raiseNothingDueBefore } from './stockState.ts';
import type { StockLevel } from './stockLevel.ts';
import { available, evolveLevel } from './stockLevel.ts';

/** Nearly every decision states no expiry; none of them makes a list of its own for that. */
const none: StockEvent[] = [];

/**
 * What one decision sees. It starts from the item and follows the expiries that it states, so that
 * a decision which first expires reservations goes on with the level that this leaves. The item
 * itself is not changed: that is for `evolve`.
 */
export class Draft {
  readonly item: StockItem;
  readonly policy: Policy;
  /** Log time of the command, in ms since 1970. */
  readonly now: number;
  level: StockLevel;
  /** The reservation that the command names, if there is one. */
  reservation: Reservation | undefined;
  /** Stated so far; they come before the outcome. */
  expiries: StockEvent[] = none;

  constructor(item: StockItem, orderId: string | null, policy: Policy, now: number) {
    this.item = item;
    this.policy = policy;
    this.now = now;
    this.level = item.level;
    this.reservation = orderId === null ? undefined : item.reservations.get(orderId);
    // A deadline that has passed counts, whether or not a tick has come.
    if (this.reservation && isDue(this.reservation, now)) this.expire(this.reservation);
  }

  /**
   * Expires due reservations of the item, oldest deadline first, until so many units are available.
   * Returns how many are still missing: 0 when there is room. So a refusal for want of units never
   * depends on whether a tick has come.
   */
  makeRoom(units: number): number {
    if (available(this.level) < units) {
      for (const reservation of this.dueReservations()) {
        this.expire(reservation);
        if (available(this.level) >= units) break;
      }
    }
    return Math.max(0, units - available(this.level));
  }

  /** States that a due reservation has expired, and follows it. */
  expire(reservation: Reservation): StockEvent {
    const { orderId, pending: quantity, expiresAt } = reservation;
    const body = { kind: 'ReservationExpired', orderId, quantity, expiresAt } as const;
    const event = this.event(body, 0, -quantity, null, null);
    if (this.expiries === none) this.expiries = [event];
    else this.expiries.push(event);
    this.level = evolveLevel(this.level, event);
    if (orderId === this.reservation?.orderId) {
      this.reservation = evolveReservation(this.reservation, event);
    }
    return event;
  }

  /** The next event of the item, by which its two quantities move. */
  event(
    body: EventBody,
    onHandDelta: number,
    reservedDelta: number,
    commandId: string | null,
    commandDigest: number | null,
  ): StockEvent {
    const { onHand, reserved, sequence } = this.level;
    return {
      sku: this.item.sku,
      location: this.item.location,
      sequence: sequence + 1,
      commandId,
      commandDigest,
      time: this.now,
      onHandBefore: onHand,
      reservedBefore: reserved,
      onHandAfter: onHand + onHandDelta,
      reservedAfter: reserved + reservedDelta,
      // Last: V8 gives objects that begin with a spread a hidden class each, which is slow.
      ...body,
    };
  }

  /** A reservation that this decision has expired is not needed again: what it freed is room. */
  private dueReservations(): Reservation[] {
    if (this.now < this.item.nothingDueBefore) return [];
    const due = [...this.item.reservations.values()].filter((held) => isDue(held, this.now));
    if (due.length === 0) raiseNothingDueBefore(this.item);
    return due.sort(byDeadline);
  }
}

function byDeadline(a: Reservation, b: Reservation): number {
  if (a.expiresAt !== b.expiresAt) return a.expiresAt - b.expiresAt;
  return a.orderId < b.orderId ? -1 : 1;
}
