import type { AdjustStock, CountStock, ReceiveStock } from './commands.ts';
import type { Draft } from './draft.ts';
import { LEVEL_MAX } from './limits.ts';
import type { Verdict } from './verdict.ts';
import { granted } from './verdict.ts';

/** Goods came in. */
export function decideReceive(command: ReceiveStock, draft: Draft): Verdict<'ReceiveStock'> {
  const { quantity } = command;
  if (draft.level.onHand + quantity > LEVEL_MAX) return { refused: 'QUANTITY_OVERFLOW' };

  return granted(quantity, 0, { kind: 'StockReceived', quantity });
}

/** A correction by difference. */
export function decideAdjust(command: AdjustStock, draft: Draft): Verdict<'AdjustStock'> {
  const { delta, reason } = command;
  if (draft.level.onHand + delta > LEVEL_MAX) return { refused: 'QUANTITY_OVERFLOW' };
  const shortage = delta < 0 ? draft.makeRoom(-delta) : 0;
  if (shortage > 0) return { refused: 'WOULD_BREAK_RESERVATIONS', shortage };

  return granted(delta, 0, { kind: 'StockAdjusted', delta, reason });
}

/** A stock-take: what was counted becomes on hand. */
export function decideCount(command: CountStock, draft: Draft): Verdict<'CountStock'> {
  const { counted, expected, reason } = command;
  if (expected !== null && expected !== draft.level.onHand)
    return { refused: 'EXPECTATION_FAILED' };
  const delta = counted - draft.level.onHand;
  const shortage = delta < 0 ? draft.makeRoom(-delta) : 0;
  if (shortage > 0) return { refused: 'WOULD_BREAK_RESERVATIONS', shortage };

  return granted(delta, 0, { kind: 'StockCounted', counted, delta, reason });
}
