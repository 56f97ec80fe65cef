import type { RowDataPacket } from 'mysql2/promise';
import { LaneReplay } from '../engine/laneReplay.ts';
import { invariant } from '../ops/errors.ts';
import { countShadow } from '../storage/shadowTables.ts';
import type { ShadowLane } from './shadowLane.ts';

/**
 * Holds the shadow tables against the fold that wrote them: as many rows, the same sums, no gap in
 * the outbox. Throws InvariantError.
 */
export async function requireSoundShadow(shadow: ShadowLane): Promise<void> {
  const { connection, replay, outbox, tables } = shadow;
  const found: Record<string, number> = {};
  for (const table of tables) found[table.name] = await countShadow(connection, table);
  const sum = async (sql: string) => {
    const [rows] = await connection.query<(RowDataPacket & { sum: string | null })[]>(sql);
    return Number(rows[0]?.sum ?? 0);
  };
  const expected: Record<string, number> = { outbox: outbox.count };
  if (replay instanceof LaneReplay) {
    found.onHand = await sum('SELECT SUM(on_hand) AS sum FROM shadow_stock_levels');
    found.reserved = await sum('SELECT SUM(reserved) AS sum FROM shadow_stock_levels');
    found.pending = await sum('SELECT SUM(pending) AS sum FROM shadow_reservations');
    Object.assign(expected, stockSums(replay));
  } else expected.orders = replay.state.orders.size;
  if (outbox.count > 0) {
    found.lastSequence = await sum('SELECT MAX(sequence) AS sum FROM shadow_outbox');
    expected.lastSequence = replay.progress.outboxSequence;
  }
  for (const [name, value] of Object.entries(expected)) {
    invariant(found[name] === value, `shadow tables: ${name} is ${found[name]}, not ${value}`);
  }
}

function stockSums({ state, parked }: LaneReplay): Record<string, number> {
  const sums = { stock_levels: 0, reservations: 0, onHand: 0, reserved: 0 };
  for (const { level, reservations } of state.items.values()) {
    if (level.sequence > 0) sums.stock_levels++;
    sums.reservations += reservations.size;
    sums.onHand += level.onHand;
    sums.reserved += level.reserved;
  }
  return { ...sums, pending: sums.reserved, parked_commands: parked.length };
}
