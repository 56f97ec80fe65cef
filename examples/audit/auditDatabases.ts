import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import type { Settings } from '../../src/config/settings.ts';
import { connectionOptions } from '../../src/storage/database.ts';
import type { AuditLine } from '../../src/verify/auditRows.ts';
import { shopDatabaseName } from '../shop/shopDatabase.ts';

/** An order as the shop's database has it. */
export interface StoredOrder {
  orderId: string;
  status: string;
  sequence: number;
  payment: string | null;
  /** `SKU quantity` of each refund, or `whole payment`, sorted. */
  refunds: string[];
}

/** What the databases of shop and stock say, and whether they agree, in plain SQL. */
export async function auditDatabases(
  settings: Settings,
): Promise<{ lines: AuditLine[]; orders: StoredOrder[] }> {
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    const shop = connection.escapeId(shopDatabaseName(settings));
    return { lines: await agreement(connection, shop), orders: await orders(connection, shop) };
  } finally {
    await connection.end();
  }
}

async function agreement(connection: Connection, shop: string): Promise<AuditLine[]> {
  const count = async (sql: string) => {
    const [rows] = await connection.query<(RowDataPacket & { n: number })[]>(
      `SELECT COUNT(*) AS n FROM ${sql}`,
    );
    return rows[0]?.n ?? 0;
  };
  const line = async (check: string, sql: string, whole: string): Promise<AuditLine> => {
    const broken = await count(sql);
    const detail = broken === 0 ? whole : `broken in ${broken} of ${whole}`;
    return { check, ok: broken === 0, detail };
  };
  const orders = `${(await count(`${shop}.orders`)).toLocaleString('en')} orders`;
  const held = await count('reservations');
  const reservations = `${held.toLocaleString('en')} reservations`;
  const unsold = `${shop}.orders WHERE status IN ('rejected', 'cancelled', 'expired')`;
  return [
    await line('no order waits', `${shop}.orders WHERE status IN ('placed', 'reserved')`, orders),
    await line('no event waits', `${shop}.orders WHERE open_events <> 0`, orders),
    await line('nothing is left to send', `${shop}.outbox`, 'the outbox of the shop'),
    await line(
      'no payment waits',
      `${shop}.payments WHERE status IN ('due', 'captured')`,
      `${(await count(`${shop}.payments`)).toLocaleString('en')} payments`,
    ),
    await line(
      'no return waits',
      `${shop}.returned_goods WHERE status IN ('waiting', 'sent')`,
      `${(await count(`${shop}.returned_goods`)).toLocaleString('en')} returns`,
    ),
    await line(
      'no reservation without an order',
      `reservations LEFT JOIN ${shop}.orders USING (order_id) WHERE orders.order_id IS NULL`,
      reservations,
    ),
    await line('nothing is held any more', 'reservations WHERE pending <> 0', reservations),
    await line(
      'rejected, cancelled or timed out = nothing sold but by the warehouse',
      `reservations AS held JOIN (SELECT order_id FROM ${unsold}) AS unsold USING (order_id)
       LEFT JOIN ${shop}.order_lines AS line USING (order_id, sku)
       WHERE held.confirmed > COALESCE(line.confirmed, 0) OR held.pending > 0`,
      orders,
    ),
    await line(
      'sold, released and returned units of verdicts are those of the stock',
      `(${unequalLines(shop)}) AS unequal`,
      `${(await count(`${shop}.order_lines`)).toLocaleString('en')} lines`,
    ),
  ];
}

/**
 * Lines of which shop and stock have sold, given back or taken back different quantities. A verdict
 * says what was given back where the whole order was.
 */
function unequalLines(shop: string): string {
  return `
    SELECT line.order_id FROM ${shop}.order_lines AS line
    LEFT JOIN reservations AS held
      ON held.order_id = line.order_id AND held.sku = line.sku AND held.location = 'main'
    WHERE line.confirmed <> COALESCE(held.confirmed, 0)
      OR line.returned <> COALESCE(held.returned, 0)
      OR (line.released <> COALESCE(held.released, 0) AND line.order_id IN
        (SELECT order_id FROM ${shop}.orders WHERE status IN ('cancelled', 'expired')))
    UNION ALL
    SELECT held.order_id FROM reservations AS held
    LEFT JOIN ${shop}.order_lines AS line
      ON line.order_id = held.order_id AND line.sku = held.sku
    WHERE line.order_id IS NULL AND held.confirmed > 0`;
}

async function orders(connection: Connection, shop: string): Promise<StoredOrder[]> {
  const [refunds] = await connection.query<
    (RowDataPacket & { orderId: string; sku: string; quantity: number })[]
  >(`SELECT order_id AS orderId, sku, quantity FROM ${shop}.refunds`);
  const refundsOf = new Map<string, string[]>();
  for (const { orderId, sku, quantity } of refunds) {
    const text = sku === '' ? 'whole payment' : `${sku} ${quantity}`;
    refundsOf.set(orderId, [...(refundsOf.get(orderId) ?? []), text].sort());
  }
  const [rows] = await connection.query<(RowDataPacket & Omit<StoredOrder, 'refunds'>)[]>(
    `SELECT orders.order_id AS orderId, orders.status, orders.sequence, payments.status AS payment
     FROM ${shop}.orders LEFT JOIN ${shop}.payments USING (order_id)`,
  );
  return rows.map((row) => ({ ...row, refunds: refundsOf.get(row.orderId) ?? [] }));
}
