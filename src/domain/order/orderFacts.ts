import type {
  ConfirmReservation,
  ReleaseReservation,
  ReserveStock,
  ReturnStock,
} from '../commands.ts';
import type { ReservationTotals } from '../reservationTotals.ts';
import type { AskedLine, OrderMode, UpstreamEvent } from './orderEvents.ts';
import type { LineReason, OrderEnding } from './orderRefusals.ts';
import type { OrderPhase, ReturnLine } from './orderState.ts';
import type { OrderVerdict } from './orderVerdicts.ts';

/** What an order asks of the stock engine. Each command wants a StockReply. */
export type OrderCommand = ReserveStock | ConfirmReservation | ReleaseReservation | ReturnStock;

/** An upstream event was taken, and its id is remembered for good. */
export interface EventAccepted {
  kind: 'EventAccepted';
  event: UpstreamEvent['kind'];
  eventId: string;
  digest: number;
}

/** An upstream event was refused, and its id is remembered for a while. */
export interface EventRefused {
  kind: 'EventRefused';
  eventId: string;
  digest: number;
}

/** A well-formed order: one line per stock item. */
export interface OrderOpened {
  kind: 'OrderOpened';
  /** Log position of OrderPlaced, from which the ids of the order's commands are derived. */
  cause: string;
  mode: OrderMode;
  expiresAt: number;
  /** Time to pay, in ms. */
  lifeMs: number;
  lines: AskedLine[];
}

export interface PhaseChanged {
  kind: 'PhaseChanged';
  phase: Exclude<OrderPhase, 'releasing'>;
}

/** The order was reserved late: it may be paid until later than it had asked for. */
export interface DeadlineMoved {
  kind: 'DeadlineMoved';
  expiresAt: number;
}

/** The order is given up: all that is held goes back. */
export interface ReleaseBegun {
  kind: 'ReleaseBegun';
  ending: OrderEnding;
  /** For people, on every release command. */
  reason: string;
}

export interface ReturnOpened {
  kind: 'ReturnOpened';
  eventId: string;
  /** From 0. */
  number: number;
  lines: ReturnLine[];
}

/** A command to be sent. */
export interface StockAsked {
  kind: 'StockAsked';
  line: number;
  step: number;
  command: OrderCommand;
}

/** A reply that was waited for. */
export interface StockAnswered {
  kind: 'StockAnswered';
  line: number;
  step: number;
  quantity: number;
  reason: LineReason | null;
  shortage: number | null;
}

/** What the stock engine says has become of a line's reservation. */
export interface TotalsLearned {
  kind: 'TotalsLearned';
  /** The order's line, also when the answer was to a return. */
  line: number;
  totals: ReservationTotals;
}

/** A verdict to be published. */
export interface VerdictGiven {
  kind: 'VerdictGiven';
  verdict: OrderVerdict;
}

export type FactBody =
  | EventAccepted
  | EventRefused
  | OrderOpened
  | PhaseChanged
  | DeadlineMoved
  | ReleaseBegun
  | ReturnOpened
  | StockAsked
  | StockAnswered
  | TotalsLearned
  | VerdictGiven;

/** What one event changes in an order, and what is to be sent because of it. */
export type OrderFact = { orderId: string } & FactBody;
