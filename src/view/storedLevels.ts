import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import type { SqlValue } from '../storage/rowLiterals.ts';
import { namedRows } from '../storage/rowStatements.ts';
import type { ItemName } from './viewKeys.ts';

type LevelRow = RowDataPacket & PublishedStockLevel;

/** Log time of the lane in the same snapshot: these levels were current then. */
const columns = `sku, location, sequence, on_hand AS onHand, reserved, (
  SELECT log_time FROM progress WHERE engine = 'stock' AND progress.lane = stock_levels.lane
) AS time`;

/** Up to `rowsMax` levels of a lane that follow a stock item in the order of the table. */
export async function readLevelPage(
  pool: Pool,
  lane: number,
  after: ItemName | undefined,
  rowsMax: number,
): Promise<PublishedStockLevel[]> {
  const { sku, location } = after ?? { sku: '', location: '' };
  const [rows] = await pool.query<LevelRow[]>(
    `SELECT ${columns} FROM stock_levels
     WHERE lane = ? AND sku >= ? AND (sku > ? OR location > ?) ORDER BY sku, location LIMIT ?`,
    [lane, sku, sku, location, rowsMax],
  );
  return rows;
}

/** The levels of these stock items in MySQL, in their order; undefined where there is none. */
export async function readStoredLevels(
  pool: Pool,
  settings: Settings,
  items: readonly ItemName[],
): Promise<(PublishedStockLevel | undefined)[]> {
  if (items.length === 0) return [];
  const named = items.map(({ sku, location }): SqlValue[] => {
    return [partitionOf(sku, settings.ONHAND_PARTITIONS), sku, location];
  });
  const [rows] = await pool.query<LevelRow[]>(
    `SELECT STRAIGHT_JOIN ${columns}
     FROM ${namedRows(named)}
       AS named (named_lane, named_sku, named_at)
     JOIN stock_levels FORCE INDEX (PRIMARY)
       ON lane = named_lane AND sku = named_sku AND location = named_at`,
  );
  const found = new Map(rows.map((row) => [nameOf(row), row]));
  return items.map((item) => found.get(nameOf(item)));
}

function nameOf({ sku, location }: ItemName): string {
  return `${sku}\n${location}`;
}
