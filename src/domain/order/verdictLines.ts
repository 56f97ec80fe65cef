import type { OrderLine } from './orderState.ts';
import type { PaidLine, ReleasedLine, ReservedLine } from './orderVerdicts.ts';

/** Lines as they are held. */
export function reservedLine(line: OrderLine): ReservedLine {
  const { sku, location, requested, granted, reason, shortage } = line;
  return { sku, location, requested, granted, reason, shortage };
}

/** Lines of an order that holds nothing. Only lines that were refused themselves have a reason. */
export function rejectedLine(line: OrderLine): ReservedLine {
  const { sku, location, requested, granted } = line;
  const { reason, shortage } = granted > 0 ? { reason: null, shortage: null } : line;
  return { sku, location, requested, granted: 0, reason, shortage };
}

/** What was sold of what was paid for, and what was not. */
export function paidLine(line: OrderLine, paidAhead: boolean): PaidLine {
  const { sku, location, requested, granted, confirmed, reason, shortage } = line;
  const refund = (paidAhead ? requested : granted) - confirmed;
  return { sku, location, confirmed, refund, reason, shortage };
}

/** Lines that had been held; the others have nothing to release. */
export function releasedLines(lines: readonly OrderLine[]): ReleasedLine[] {
  return lines
    .filter(({ granted }) => granted > 0)
    .map(({ sku, location, released, reason }) => ({ sku, location, released, reason }));
}
