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
import { type ExpectedTable, compareTable, fieldDifferences } from './compareTable.ts';
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
  return {
    name: 'stock_levels',
    find: ({ sku, location }) => {
      const item = state.items.get(itemKey(sku, location));
      return item && item.level.sequence > 0 ? item : undefined;
    },
    all: function* () {
      for (const item of state.items.values()) {
        const { sku, location, level } = item;
        if (level.sequence > 0) yield [item, () => ({ sku, location, ...level })];
      }
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
    find: ({ sku, location, orderId }) => {
      return state.items.get(itemKey(sku, location))?.reservations.get(orderId);
    },
    all: function* () {
      for (const { sku, location, reservations } of state.items.values()) {
        for (const held of reservations.values()) {
          yield [held, () => ({ ...held, sku, location })];
        }
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
    find: ({ offset }) => rows.get(offset),
    all: () => parked.map((row) => [row, () => row]),
    nameOf: (row) => ({ row: `offset ${row.offset}`, item: itemText(row), offset: row.offset }),
    differences: (held, row) => {
      const differences = fieldDifferences(held, row, ['sku', 'location', 'time']);
      if (isSameBytes(held.value, row.value)) return differences;
      const [expected, found] = [held, row].map(({ value }) => value.toString('hex'));
      return [...differences, { field: 'value', expected: expected ?? '', found: found ?? '' }];
    },
  };
}
