import type { Connection } from 'mysql2/promise';
import { type StockItem, itemKey } from '../domain/stockState.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { LaneReplay } from '../engine/laneReplay.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import {
  type StoredLevel,
  type StoredReservation,
  readAllParked,
  readLevels,
  readReservations,
} from '../storage/readLane.ts';
import { type ExpectedTable, compareTable, fieldDifferences, taken } from './compareTable.ts';
import { type LaneFindings, itemText } from './findings.ts';
import { isSameBytes } from './messageText.ts';
import type { ObservedLane } from './observedLane.ts';

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

/** Compares all rows of a stock lane but its outbox with what folding its log gave. */
export async function compareStock(
  connection: Connection,
  lane: ObservedLane,
  replay: LaneReplay,
  findings: LaneFindings,
): Promise<void> {
  const number = replay.progress.lane;
  await compareTable(readLevels(connection, number), levelTable(lane, replay), findings);
  const reservations = readReservations(connection, number);
  await compareTable(reservations, reservationTable(lane, replay), findings);
  await compareTable(readAllParked(connection, number), parkedTable(replay), findings);
}

function levelTable(
  lane: ObservedLane,
  { state }: LaneReplay,
): ExpectedTable<StoredLevel, StockItem> {
  // The items are needed for their reservations yet.
  const levels = new Map([...state.items].filter(([, { level }]) => level.sequence > 0));
  return {
    name: 'stock_levels',
    take: ({ sku, location }) => taken(levels, itemKey(sku, location)),
    rest: function* () {
      for (const { sku, location, level } of levels.values()) yield { sku, location, ...level };
    },
    nameOf: (row) => ({ row: '', item: itemText(row), offset: lane.lastChangeOfItem(row) }),
    differences: ({ level }, row) => fieldDifferences(level, row, levelFields),
  };
}

function reservationTable(
  lane: ObservedLane,
  { state }: LaneReplay,
): ExpectedTable<StoredReservation, Reservation> {
  return {
    name: 'reservations',
    take: ({ sku, location, orderId }) => {
      const item = state.items.get(itemKey(sku, location));
      return item && taken(item.reservations, orderId);
    },
    rest: function* () {
      for (const { sku, location, reservations } of state.items.values()) {
        for (const held of reservations.values()) yield { ...held, sku, location };
      }
    },
    nameOf: (row) => {
      const offset = lane.lastChangeOfItem(row);
      return { row: `order ${row.orderId}`, item: itemText(row), offset };
    },
    differences: (held, row) => fieldDifferences(held, row, reservationFields),
  };
}

function parkedTable({ parked }: LaneReplay): ExpectedTable<ParkedRow, ParkedRow> {
  const rows = new Map(parked.map((row) => [row.offset, row]));
  return {
    name: 'parked_commands',
    take: ({ offset }) => taken(rows, offset),
    rest: () => rows.values(),
    nameOf: (row) => ({ row: `offset ${row.offset}`, item: itemText(row), offset: row.offset }),
    differences: (held, row) => {
      const differences = fieldDifferences(held, row, ['sku', 'location', 'time']);
      if (isSameBytes(held.value, row.value)) return differences;
      const [expected, found] = [held, row].map(({ value }) => value.toString('hex'));
      return [...differences, { field: 'value', expected: expected ?? '', found: found ?? '' }];
    },
  };
}
