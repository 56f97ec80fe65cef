import { Hash53 } from '../hash53.ts';
import type { AskedLine, UpstreamEvent } from './orderEvents.ts';

/** What stands for a kind in the digest, never to be given to another. */
const KIND_NUMBERS = {
  OrderPlaced: 1,
  OrderPaid: 2,
  OrderCancelled: 3,
  OrderReturned: 4,
} as const satisfies Record<UpstreamEvent['kind'], number>;

/**
 * A 53-bit digest of what an event says (its ids left out): equal for a repeat, different for
 * another body under the same id. It is stored: a change of it would make repeats look re-used.
 */
export function orderEventDigest(event: UpstreamEvent): number {
  const hash = new Hash53();
  hash.addNumber(KIND_NUMBERS[event.kind]);
  switch (event.kind) {
    case 'OrderPlaced':
      addLines(hash, event.lines);
      hash.addText(event.mode);
      hash.addNumber(event.expiresAt);
      hash.addNumber(event.ttlSeconds);
      break;
    case 'OrderCancelled':
      hash.addText(event.reason);
      break;
    case 'OrderReturned':
      addLines(hash, event.lines);
      break;
    case 'OrderPaid':
  }
  return hash.value();
}

function addLines(hash: Hash53, lines: readonly AskedLine[]): void {
  hash.addNumber(lines.length);
  for (const { sku, location, quantity } of lines) {
    hash.addText(sku);
    hash.addText(location);
    hash.addNumber(quantity);
  }
}
