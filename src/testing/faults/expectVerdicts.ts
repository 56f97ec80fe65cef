import { expect } from 'chai';
import type { PublishedOrderVerdict } from '../../messaging/orderStockEventCodec.ts';

/** Every order's verdicts are numbered from 1, in order, and none answers what another answered. */
export function expectVerdicts(verdicts: readonly PublishedOrderVerdict[]): void {
  const last = new Map<string, number>();
  const answered = new Set<string>();
  for (const { orderId, sequence, answers, kind } of verdicts) {
    expect(sequence, `${kind} of ${orderId}`).to.equal((last.get(orderId) ?? 0) + 1);
    last.set(orderId, sequence);
    if (answers === null) continue;
    expect(answered.has(answers), `${kind} answers ${answers} again`).to.be.false;
    answered.add(answers);
  }
}
