import type { AskingCommand } from '../src/domain/commands.ts';
import type { REJECTIONS_OF } from '../src/domain/rejections.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';

/** What each command leads to when it is granted. */
interface GrantedKind {
  ReceiveStock: 'StockReceived';
  ReserveStock: 'StockReserved';
  ConfirmReservation: 'ReservationConfirmed';
  ReleaseReservation: 'ReservationReleased';
  ExtendReservation: 'ReservationExtended';
  ReturnStock: 'StockReturned';
  AdjustStock: 'StockAdjusted';
  CountStock: 'StockCounted';
}

/** A command that an upstream service sends; the others are an operator's. */
export type UpstreamCommand = Extract<AskingCommand, { kind: keyof GrantedKind }>;

type EventOf<Kind extends PublishedStockEvent['kind']> = Extract<
  PublishedStockEvent,
  { kind: Kind }
>;

export interface GrantedOutcome<Kind extends keyof GrantedKind> {
  granted: true;
  event: EventOf<GrantedKind[Kind]>;
}

/** A business "no": a value, not an error. */
export interface RefusedOutcome<Kind extends keyof GrantedKind> {
  granted: false;
  reason: (typeof REJECTIONS_OF)[Kind][number] | 'SKIPPED_BY_OPERATOR';
  /** Units that were missing, when it was refused for want of units; else null. */
  shortage: number | null;
  /** The receipt: what was asked, and the quantities that the writer saw. */
  event: EventOf<'CommandRejected'>;
}

export type StockOutcome<Kind extends keyof GrantedKind> =
  GrantedOutcome<Kind> | RefusedOutcome<Kind>;

/** The outcome that an event states, which answers a command of that kind. */
export function outcomeOf<Kind extends keyof GrantedKind>(
  event: PublishedStockEvent,
): StockOutcome<Kind> {
  if (event.kind === 'CommandRejected') {
    const reason = event.reason as RefusedOutcome<Kind>['reason'];
    return { granted: false, reason, shortage: event.shortage, event };
  }
  return { granted: true, event: event as EventOf<GrantedKind[Kind]> };
}
