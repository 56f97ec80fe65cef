import type { RowDataPacket } from 'mysql2/promise';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import type { KeysInLanes } from './laneRows.ts';
import { namedRows } from './rowStatements.ts';
import type { Querying } from './together.ts';

type ItemKey = readonly [sku: string, location: string];

/** A level as it is stored, in its lane. */
export type LevelRow = StockLevel & { lane: number; sku: string; location: string };

/** A reservation as it is stored, in its lane. */
export type ReservationRow = Omit<Reservation, 'tombstone'> & {
  lane: number;
  sku: string;
  location: string;
  tombstone: 0 | 1;
};

/** The first outcome of a command, in its lane. */
export interface RememberedRow {
  lane: number;
  commandId: string;
  /** Bytes of the stock event. */
  value: Buffer;
}

export const reservationColumns = `lane, order_id AS orderId, sku, location, granted, pending,
  confirmed, released, expired, returned, started_at AS startedAt, expires_at AS expiresAt,
  tombstone`;

/** Levels of the named items. */
export async function findLevels(
  reader: Querying,
  items: KeysInLanes<ItemKey>,
): Promise<LevelRow[]> {
  const [rows] = await reader.query<(RowDataPacket & LevelRow)[]>(
    `SELECT STRAIGHT_JOIN lane, sku, location, on_hand AS onHand, reserved, sequence, known
     FROM ${namedRows(items.map(([lane, item]) => [lane, ...item]))}
       AS named (named_lane, named_sku, named_location)
     JOIN stock_levels FORCE INDEX (PRIMARY)
       ON lane = named_lane AND sku = named_sku AND location = named_location`,
  );
  return rows;
}

/** Reservations of the named orders. */
export async function findReservations(
  reader: Querying,
  orderIds: KeysInLanes<string>,
): Promise<ReservationRow[]> {
  const [rows] = await reader.query<(RowDataPacket & ReservationRow)[]>(
    `SELECT STRAIGHT_JOIN ${reservationColumns}
     FROM ${namedRows(orderIds)} AS named (named_lane, named_order)
     JOIN reservations FORCE INDEX (PRIMARY) ON lane = named_lane AND order_id = named_order`,
  );
  return rows;
}

/** First outcomes of those of the named command ids that are remembered. */
export async function findRemembered(
  reader: Querying,
  commandIds: KeysInLanes<string>,
): Promise<RememberedRow[]> {
  const [rows] = await reader.query<(RowDataPacket & RememberedRow)[]>(
    `SELECT STRAIGHT_JOIN lane, command_id AS commandId, value
     FROM ${namedRows(commandIds)} AS named (named_lane, named_id)
     JOIN outbox FORCE INDEX (remembered)
       ON engine = 'stock' AND lane = named_lane AND command_id = named_id`,
  );
  return rows;
}
