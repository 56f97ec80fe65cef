import type { AskingCommand } from './commands.ts';
import { Hash53 } from './hash53.ts';

/**
 * A 53-bit digest of what a command asks for (its id left out): equal for a repeat, different for
 * another body under the same id. It tells an honest repeat from a mistake; it is no signature.
 * It is stored with the outcome: a change of it would make repeats look like re-used ids.
 */
export function bodyDigest(command: AskingCommand): number {
  const hash = new Hash53();
  hash.addText(command.kind);
  hash.addText(command.sku);
  hash.addText(command.location);
  addFields(hash, command);
  return hash.value();
}

function addFields(hash: Hash53, command: AskingCommand): void {
  switch (command.kind) {
    case 'ReceiveStock':
      hash.addNumber(command.quantity);
      return;
    case 'ReserveStock':
      hash.addText(command.orderId);
      hash.addNumber(command.quantity);
      hash.addNumber(command.minimum);
      hash.addNumber(command.expiresAt);
      hash.addNumber(command.ttlSeconds);
      return;
    case 'ConfirmReservation':
    case 'ReturnStock':
      hash.addText(command.orderId);
      hash.addNumber(command.quantity);
      return;
    case 'ReleaseReservation':
      hash.addText(command.orderId);
      hash.addNumber(command.quantity);
      hash.addText(command.reason);
      return;
    case 'ExtendReservation':
      hash.addText(command.orderId);
      hash.addNumber(command.expiresAt);
      return;
    case 'AdjustStock':
      hash.addNumber(command.delta);
      hash.addText(command.reason);
      return;
    case 'RetryParked':
    case 'SkipParked':
      return;
    case 'CountStock':
      hash.addNumber(command.counted);
      hash.addNumber(command.expected);
      hash.addText(command.reason);
  }
}
