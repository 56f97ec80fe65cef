import type { Connection } from 'mysql2/promise';
import type { LaneReplay } from '../engine/laneReplay.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import {
  type StoredLevel,
  type StoredReservation,
  readLevels,
  readReservations,
  readWholeOutbox,
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

/** Compares every row of a lane with what folding its log gave. */
export async function verifyLane(
  connection: Connection,
  replay: LaneReplay,
  rows: readonly OutboxRow[],
): Promise<Finding[]> {
  const { lane } = replay.progress;
  const levels = new Map<string, StoredLevel>();
  const reservations = new Map<string, StoredReservation>();
  for (const item of replay.state.items.values()) {
    const { sku, location } = item;
    if (item.level.sequence > 0)
      levels.set(`${sku} at ${location}`, { sku, location, ...item.level });
    for (const reservation of item.reservations.values()) {
      reservations.set(keyOf({ ...reservation, sku, location }), { ...reservation, sku, location });
    }
  }
  const storedLevels = await readLevels(connection, lane);
  const storedReservations = await readReservations(connection, lane);
  return [
    ...compareRows(
      lane,
      'stock_levels',
      levels,
      new Map(storedLevels.map((row) => [`${row.sku} at ${row.location}`, row])),
      levelFields,
    ),
    ...compareRows(
      lane,
      'reservations',
      reservations,
      new Map(storedReservations.map((row) => [keyOf(row), row])),
      reservationFields,
    ),
    ...(await compareOutbox(connection, lane, rows)),
  ];
}

function keyOf({ orderId, sku, location }: StoredReservation): string {
  return `order ${orderId}, ${sku} at ${location}`;
}

async function compareOutbox(
  connection: Connection,
  lane: number,
  rows: readonly OutboxRow[],
): Promise<Finding[]> {
  const where = 'outbox';
  const findings: Finding[] = [];
  let next = 0;
  for await (const stored of readWholeOutbox(connection, lane)) {
    // Published rows are pruned from the beginning on; a row missing further on is a finding.
    if (next === 0) next = Math.max(0, stored.sequence - 1);
    while (next < stored.sequence - 1) {
      findings.push({ lane, where, what: `sequence ${++next}`, expected: 'a row', found: '' });
    }
    const expected = rows[next];
    const what = `sequence ${stored.sequence}`;
    if (!expected) findings.push({ lane, where, what, expected: '', found: 'a row' });
    else if (!sameMessage(expected, stored)) {
      findings.push({ lane, where, what, expected: hex(expected), found: hex(stored) });
    }
    next++;
  }
  if (next > 0) {
    for (; next < rows.length; next++) {
      findings.push({ lane, where, what: `sequence ${next + 1}`, expected: 'a row', found: '' });
    }
  }
  return findings;
}

function sameMessage(a: OutboxRow, b: OutboxRow): boolean {
  return a.kind === b.kind && a.commandId === b.commandId && a.time === b.time && hex(a) === hex(b);
}

function hex({ value }: OutboxRow): string {
  return value?.toString('hex') ?? 'null';
}
