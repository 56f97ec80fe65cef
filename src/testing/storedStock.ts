import type { Pool, RowDataPacket } from 'mysql2/promise';
import { evolve } from '../domain/evolve.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import { emptyState } from '../domain/stockState.ts';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';

/** Levels and reservations, in key order. */
export interface StoredStock {
  levels: (StockLevel & { lane: number; sku: string; location: string })[];
  reservations: (Reservation & { lane: number; sku: string; location: string })[];
}

/** What MySQL holds. */
export async function storedStock(pool: Pool): Promise<StoredStock> {
  const [levels] = await pool.query<RowDataPacket[]>(
    `SELECT lane, sku, location, on_hand AS onHand, reserved, sequence, known FROM stock_levels`,
  );
  const [reservations] = await pool.query<RowDataPacket[]>(
    `SELECT lane, sku, location, order_id AS orderId, granted, pending, confirmed, released,
       expired, returned, started_at AS startedAt, expires_at AS expiresAt, tombstone
     FROM reservations`,
  );
  return inOrder({
    levels: levels.map((row) => ({ ...row, known: Boolean(row.known) })),
    reservations: reservations.map((row) => ({ ...row, tombstone: Boolean(row.tombstone) })),
  } as StoredStock);
}

/** What MySQL has to hold after these events, if nothing but them has moved it. */
export function foldedStock(events: readonly PublishedStockEvent[]): StoredStock {
  const state = emptyState({ reservationTtlMs: 0, reservationTtlMsMax: 0, commandMemoryMs: 0 });
  const lanes = new Map<string, number>();
  for (const event of events) {
    lanes.set(event.sku, event.partition);
    evolve(state, event);
  }
  const stock: StoredStock = { levels: [], reservations: [] };
  for (const { sku, location, level, reservations } of state.items.values()) {
    const place = { lane: lanes.get(sku)!, sku, location };
    stock.levels.push({ ...place, ...level });
    for (const reservation of reservations.values()) {
      stock.reservations.push({ ...place, ...reservation });
    }
  }
  return inOrder(stock);
}

function inOrder({ levels, reservations }: StoredStock): StoredStock {
  return {
    levels: levels.sort((a, b) => (a.sku + a.location < b.sku + b.location ? -1 : 1)),
    reservations: reservations.sort((a, b) => {
      return a.sku + a.location + a.orderId < b.sku + b.location + b.orderId ? -1 : 1;
    }),
  };
}
