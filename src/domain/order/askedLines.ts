import { NAME_LENGTH_MAX, isName, isQuantity } from '../limits.ts';
import type { RejectionReason } from '../rejections.ts';
import { itemKey } from '../stockState.ts';
import type { AskedLine } from './orderEvents.ts';

/** Why a line makes no sense by itself, or null. */
export function malformedLine({ sku, location, quantity }: AskedLine): RejectionReason | null {
  if (!isName(sku)) return 'SKU_INVALID';
  if (!isName(location)) return 'LOCATION_INVALID';
  return isQuantity(quantity) ? null : 'QUANTITY_INVALID';
}

/** One line per stock item, in order of first appearance. A sum may be no quantity any more. */
export function sumPerItem(lines: readonly AskedLine[]): AskedLine[] {
  const sums = new Map<string, AskedLine>();
  for (const { sku, location, quantity } of lines) {
    const key = itemKey(sku, location);
    sums.set(key, { sku, location, quantity: quantity + (sums.get(key)?.quantity ?? 0) });
  }
  return [...sums.values()];
}

/** Names as a verdict shows them: what is no name may be of any length. */
export function clippedNames({ sku, location }: AskedLine): { sku: string; location: string } {
  return { sku: sku.slice(0, NAME_LENGTH_MAX), location: location.slice(0, NAME_LENGTH_MAX) };
}
