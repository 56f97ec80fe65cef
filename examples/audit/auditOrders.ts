import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../../src/config/settings.ts';
import type { AuditLine } from '../../src/verify/auditRows.ts';
import { type StoredOrder, auditDatabases } from './auditDatabases.ts';
import { brokenPromises, endOf, promises } from './judgeOrder.ts';
import { type OrderHistory, readHistories } from './orderHistory.ts';

const shownMax = 3;

/** What both sides say of all orders, once they are at rest. */
export interface OrderAudit {
  lines: AuditLine[];
  /** Verdicts by kind, those that say no with their reason. */
  counts: Map<string, number>;
  /** Events that reached Kafka more than once. */
  repeats: number;
}

/**
 * Looks at the databases of shop and stock and at both order topics, from outside: it trusts
 * nobody's word for what another one did. Everything must be at rest.
 */
export async function auditOrders(
  settings: Settings,
  logger: Logger,
  admin: Admin,
): Promise<OrderAudit> {
  const { orders: histories, repeats } = await readHistories(settings, logger, admin);
  const { lines, orders } = await auditDatabases(settings);
  const broken = new Map<string, string[]>(promises.map((promise) => [promise, []]));
  const counts = new Map<string, number>();
  for (const [orderId, history] of histories) {
    for (const promise of brokenPromises(history)) broken.get(promise)?.push(orderId);
    for (const verdict of history.verdicts) {
      const reason = 'reason' in verdict ? ` ${verdict.reason}` : '';
      const name = verdict.kind + reason;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const disagreeing = orders
    .filter((order) => !agrees(order, histories.get(order.orderId)))
    .map(({ orderId }) => orderId);
  const known = new Set(orders.map(({ orderId }) => orderId));
  const unknown = [...histories.keys()].filter((orderId) => !known.has(orderId));
  const whole = `${histories.size.toLocaleString('en')} orders`;
  return {
    lines: [
      ...[...broken].map(([check, ids]) => line(check, ids, whole)),
      line('the shop knows what was decided', [...disagreeing, ...unknown], whole),
      ...lines,
    ],
    counts,
    repeats,
  };
}

/** Whether the shop's row says what the verdicts say. */
function agrees(order: StoredOrder, history: OrderHistory | undefined): boolean {
  if (!history) return false;
  const { verdicts } = history;
  if (order.status !== endOf(history) || order.sequence !== verdicts.length) return false;
  const payment = verdicts.find(
    ({ kind }) => kind === 'OrderStockConfirmed' || kind === 'OrderRefundRequired',
  );
  if (payment?.kind === 'OrderRefundRequired') {
    const refunds = payment.lines
      .filter(({ refund }) => refund > 0)
      .map(({ sku, refund }) => `${sku} ${refund}`);
    const expected = refunds.length > 0 ? refunds.sort() : ['whole payment'];
    return order.payment === 'refunded' && order.refunds.join('\n') === expected.join('\n');
  }
  const expected = payment ? 'settled' : null;
  return order.payment === expected && order.refunds.length === 0;
}

function line(check: string, broken: readonly string[], whole: string): AuditLine {
  const ok = broken.length === 0;
  const shown = broken.slice(0, shownMax).join(', ');
  return { check, ok, detail: ok ? whole : `broken in ${broken.length} of ${whole}: ${shown}` };
}
