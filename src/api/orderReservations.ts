import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import type { Reservation } from '../domain/reservation.ts';

/** What an order holds, or held, of one stock item. */
export type OrderReservation = Omit<Reservation, 'orderId'> & { sku: string; location: string };

type Row = RowDataPacket & Omit<OrderReservation, 'tombstone'> & { tombstone: 0 | 1 };

/** All reservations of an order, by SKU and location. They can be in every lane. */
export async function readOrderReservations(
  pool: Pool,
  settings: Settings,
  orderId: string,
): Promise<OrderReservation[]> {
  const lanes = Array.from({ length: settings.ONHAND_PARTITIONS }, (_, lane) => lane);
  const [rows] = await pool.query<Row[]>(
    `SELECT sku, location, granted, pending, confirmed, released, expired, returned,
       started_at AS startedAt, expires_at AS expiresAt, tombstone
     FROM reservations WHERE lane IN (?) AND order_id = ? ORDER BY sku, location`,
    [lanes, orderId],
  );
  return rows.map((row) => ({ ...row, tombstone: Boolean(row.tombstone) }));
}
