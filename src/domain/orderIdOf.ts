import type { AskingCommand } from './commands.ts';
import type { StockEvent } from './events.ts';

/**
 * The order that a command names, or that an event moves units for; null when there is none. By
 * kind, because looking for a field in objects of many shapes costs more than the rest of a
 * decision.
 */
export function orderIdOf(message: AskingCommand | StockEvent): string | null {
  switch (message.kind) {
    case 'ReserveStock':
    case 'ConfirmReservation':
    case 'ReleaseReservation':
    case 'ExtendReservation':
    case 'ReturnStock':
    case 'StockReserved':
    case 'ReservationConfirmed':
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationExtended':
    case 'StockReturned':
      return message.orderId;
    case 'ReceiveStock':
    case 'AdjustStock':
    case 'CountStock':
    case 'RetryParked':
    case 'SkipParked':
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted':
    case 'ParkedRetried':
    case 'ParkedSkipped':
    case 'CommandRejected':
      return null;
  }
}
