import type { Connection } from 'mysql2/promise';
import type { LaneReplay } from '../engine/laneReplay.ts';
import {
  type StoredLevel,
  type StoredReservation,
  readLevels,
  readReservations,
} from '../storage/readLane.ts';
import { type Finding, compareRows } from './findings.ts';

const levelFields = ['onHand', 'reserved', 'sequence', 'known'] as const;
const reservationFields = [
  'granted',
  'pending',
  'confirmed',
  'released',
  'expired',
  'returned',
  'startedAt',
  'expiresAt',
  'tombstone',
] as const;

/** Compares every level and reservation of a stock lane with what folding its log gave. */
export async function compareStock(
  connection: Connection,
  { progress, state }: LaneReplay,
): Promise<Finding[]> {
  const levels = new Map<string, StoredLevel>();
  const reservations = new Map<string, StoredReservation>();
  for (const item of state.items.values()) {
    const { sku, location } = item;
    if (item.level.sequence > 0)
      levels.set(`${sku} at ${location}`, { sku, location, ...item.level });
    for (const reservation of item.reservations.values()) {
      reservations.set(keyOf({ ...reservation, sku, location }), { ...reservation, sku, location });
    }
  }
  const storedLevels = await readLevels(connection, progress.lane);
  const storedReservations = await readReservations(connection, progress.lane);
  return [
    ...compareRows(
      progress,
      'stock_levels',
      levels,
      new Map(storedLevels.map((row) => [`${row.sku} at ${row.location}`, row])),
      levelFields,
    ),
    ...compareRows(
      progress,
      'reservations',
      reservations,
      new Map(storedReservations.map((row) => [keyOf(row), row])),
      reservationFields,
    ),
  ];
}

function keyOf({ orderId, sku, location }: StoredReservation): string {
  return `order ${orderId}, ${sku} at ${location}`;
}
