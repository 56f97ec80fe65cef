import type { AskingCommand } from './commands.ts';
import { LEVEL_MAX, isId, isName, isQuantity, isReason } from './limits.ts';
import { orderIdOf } from './orderIdOf.ts';
import type { RejectionReason } from './rejections.ts';

/** Whether the command names a stock item that there can be. */
export function namesStockItem({ sku, location }: AskingCommand): boolean {
  return isName(sku) && isName(location);
}

/**
 * Why the command's names are no names of onhand, or null. Those of a known stock item were looked
 * at before.
 */
export function malformedName(
  command: AskingCommand,
  itemIsKnown: boolean,
): RejectionReason | null {
  if (!itemIsKnown) {
    if (!isName(command.sku)) return 'SKU_INVALID';
    if (!isName(command.location)) return 'LOCATION_INVALID';
  }
  const orderId = orderIdOf(command);
  if (orderId !== null && !isId(orderId)) return 'ORDER_ID_INVALID';
  return null;
}

/** Why the command's other fields make no sense by themselves, or null. */
export function malformedBody(command: AskingCommand): RejectionReason | null {
  const reason = reasonOf(command);
  if (reason !== null && !isReason(reason)) return 'REASON_INVALID';
  if (!quantitiesAreValid(command)) return 'QUANTITY_INVALID';
  const mustSayWhy = command.kind === 'AdjustStock' || command.kind === 'CountStock';
  return mustSayWhy && reason?.trim() === '' ? 'REASON_MISSING' : null;
}

function reasonOf(command: AskingCommand): string | null {
  const { kind } = command;
  const hasReason =
    kind === 'ReleaseReservation' || kind === 'AdjustStock' || kind === 'CountStock';
  return hasReason ? command.reason : null;
}

function quantitiesAreValid(command: AskingCommand): boolean {
  switch (command.kind) {
    case 'ReceiveStock':
    case 'ReturnStock':
      return isQuantity(command.quantity);
    case 'ReserveStock': {
      const { quantity, minimum } = command;
      return (
        isQuantity(quantity) && (minimum === null || (isQuantity(minimum) && minimum <= quantity))
      );
    }
    case 'ConfirmReservation':
    case 'ReleaseReservation':
      return command.quantity === null || isQuantity(command.quantity);
    case 'AdjustStock':
      return Number.isInteger(command.delta) && isQuantity(Math.abs(command.delta));
    case 'CountStock':
      return isLevel(command.counted) && (command.expected === null || isLevel(command.expected));
    case 'ExtendReservation':
    case 'RetryParked':
    case 'SkipParked':
      return true;
  }
}

function isLevel(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LEVEL_MAX;
}

/** Units that a command names, as its receipt states them. */
export function requestedUnits(command: AskingCommand): number | null {
  switch (command.kind) {
    case 'AdjustStock':
      return command.delta;
    case 'CountStock':
      return command.counted;
    case 'ExtendReservation':
    case 'RetryParked':
    case 'SkipParked':
      return null;
    case 'ReceiveStock':
    case 'ReserveStock':
    case 'ConfirmReservation':
    case 'ReleaseReservation':
    case 'ReturnStock':
      return command.quantity;
  }
}
