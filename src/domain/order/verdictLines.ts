import { soldUnits } from './orderLine.ts';
import type { LineReason } from './orderRefusals.ts';
import type { OrderHead, OrderLine } from './orderState.ts';
import type { PaidLine, ReleasedLine, ReservedLine } from './orderVerdicts.ts';

/** Lines as they are held. */
export function reservedLine(line: OrderLine): ReservedLine {
  const { sku, location, requested, granted, confirmed, reason, shortage } = line;
  return { sku, location, requested, granted, confirmed, reason, shortage };
}

/**
 * Lines of an order that holds nothing. Only lines that were refused themselves have a reason;
 * units may have been sold to it all the same, by somebody else's command.
 */
export function rejectedLine(line: OrderLine): ReservedLine {
  const { sku, location, requested, granted, confirmed } = line;
  const { reason, shortage } = granted > 0 ? { reason: null, shortage: null } : line;
  return { sku, location, requested, granted: 0, confirmed, reason, shortage };
}

/** What the customer has of what was paid for, and what not. */
export function paidLine(line: OrderLine, { paidAhead, phase }: OrderHead): PaidLine {
  const { sku, location, requested, granted, confirmed, returned = 0, shortage } = line;
  const refund = (paidAhead ? requested : granted) - soldUnits(line);
  const reason = refund > 0 && phase === 'confirmed' ? missingReason(line) : ownReason(line);
  return { sku, location, confirmed, returned, refund, reason, shortage };
}

/** Why units are missing: what the stock engine said last, or what it says became of them. */
function missingReason(line: OrderLine): LineReason | null {
  const { granted, released, expired = 0 } = line;
  const reason = ownReason(line);
  if (reason !== null || granted === 0) return reason;
  if (released > 0) return 'ALREADY_RELEASED';
  return expired > 0 ? 'ALREADY_EXPIRED' : null;
}

/** What somebody else has sold to the order is sold: nothing is wrong with the line. */
function ownReason({ reason, confirmed }: OrderLine): LineReason | null {
  return reason === 'ALREADY_CONFIRMED' && confirmed > 0 ? null : reason;
}

/** Lines that had been held; the others have nothing to release. */
export function releasedLines(lines: readonly OrderLine[]): ReleasedLine[] {
  return lines
    .filter(({ granted }) => granted > 0)
    .map(({ sku, location, released, confirmed, expired = 0, reason }) => {
      return { sku, location, released, confirmed, expired, reason };
    });
}
