import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { LaneTable } from './laneTables.ts';
import { columnsOf } from './laneTables.ts';
import type { EngineName } from './progress.ts';
import { shadowOf } from './shadowTables.ts';

/** Rows by which a lane's table is not what its shadow says. */
export interface TableDifference {
  missing: number;
  surplus: number;
  differing: number;
}

/** Which rows of a lane are compared. */
export interface ComparedRows {
  engine: EngineName;
  lane: number;
  /** Outbox rows before this sequence are nowhere in the shadow: they are left alone. */
  knownFrom: number;
  /** Outbox rows before this sequence may have been pruned: they are not missed. */
  missedFrom: number;
}

/** Counts where a lane's table and its shadow differ. */
export async function countDifference(
  connection: Connection,
  table: LaneTable,
  rows: ComparedRows,
): Promise<TableDifference> {
  const count = async (from: string, values: unknown[]) => {
    const [found] = await connection.query<(RowDataPacket & { count: number })[]>(
      `SELECT COUNT(*) AS count FROM ${from}`,
      values,
    );
    return found[0]?.count ?? 0;
  };
  return {
    missing: await count(...missing(table, rows)),
    surplus: await count(...surplus(table, rows)),
    differing: await count(...differing(table, rows)),
  };
}

/**
 * Makes a lane's table what its shadow says, in the caller's transaction, and changes no other row.
 */
export async function applyDifference(
  connection: Connection,
  table: LaneTable,
  rows: ComparedRows,
): Promise<void> {
  const change = async (sql: string, values: unknown[]) => {
    await connection.query(sql, values);
  };
  const [extra, extraValues] = surplus(table, rows);
  await change(`DELETE live FROM ${extra}`, extraValues);
  const [pairs, pairValues] = pairsOf(table, rows);
  const where = ` WHERE ${laneOf(table)} AND NOT (${sameOf(table)})`;
  if (table.columns.includes('command_id')) {
    // First of all, because two rows may have to change places under its unique key.
    const sql = `UPDATE ${pairs} SET live.command_id = NULL${where}`;
    await change(`${sql} AND live.command_id IS NOT NULL`, pairValues);
  }
  const values = columnsOf(table).filter((column) => !table.key.includes(column));
  const set = values.map((column) => `live.${column} = shadow.${column}`).join(', ');
  await change(`UPDATE ${pairs} SET ${set}${where}`, pairValues);
  const columns = columnsOf(table);
  const [gaps, gapValues] = missing(table, rows);
  await change(
    `INSERT INTO ${table.name} (${columns.join(', ')})
     SELECT ${columns.map((column) => `shadow.${column}`).join(', ')} FROM ${gaps}`,
    gapValues,
  );
}

/** Where the outbox rows of a lane begin. */
export interface OutboxBeginning {
  /** The first sequence that is there and is demanded by the log. */
  present: number;
  /** The first one that cannot have been pruned: it is not published, or not forgotten. */
  kept: number;
}

/** What is published and whose log time is before `forgottenBefore` may have been pruned. */
export async function readOutboxBeginning(
  connection: Connection,
  { engine, lane }: Pick<ComparedRows, 'engine' | 'lane'>,
  published: number,
  forgottenBefore: number,
): Promise<OutboxBeginning> {
  const first = async (from: string, values: unknown[]) => {
    const [rows] = await connection.query<(RowDataPacket & { first: number | null })[]>(
      `SELECT MIN(sequence) AS first FROM ${from}`,
      values,
    );
    return rows[0]?.first ?? Number.MAX_SAFE_INTEGER;
  };
  return {
    present: await first(
      `outbox JOIN shadow_outbox USING (engine, lane, sequence) WHERE engine = ? AND lane = ?`,
      [engine, lane],
    ),
    kept: await first('shadow_outbox WHERE sequence > ? OR time >= ?', [
      published,
      forgottenBefore,
    ]),
  };
}

type Part = [from: string, values: unknown[]];

function missing(table: LaneTable, { missedFrom }: ComparedRows): Part {
  const from = `${shadowOf(table)} AS shadow LEFT JOIN ${table.name} AS live ON ${keysOf(table)}
    WHERE live.lane IS NULL`;
  return table.name === 'outbox' ? [`${from} AND shadow.sequence >= ?`, [missedFrom]] : [from, []];
}

function surplus(table: LaneTable, rows: ComparedRows): Part {
  const from = `${table.name} AS live LEFT JOIN ${shadowOf(table)} AS shadow ON ${keysOf(table)}
    WHERE ${laneOf(table)} AND shadow.lane IS NULL`;
  return table.name === 'outbox'
    ? [`${from} AND live.sequence >= ?`, [...laneValues(table, rows), rows.knownFrom]]
    : [from, laneValues(table, rows)];
}

function differing(table: LaneTable, rows: ComparedRows): Part {
  const [pairs, values] = pairsOf(table, rows);
  return [`${pairs} WHERE ${laneOf(table)} AND NOT (${sameOf(table)})`, values];
}

function pairsOf(table: LaneTable, rows: ComparedRows): Part {
  const from = `${table.name} AS live JOIN ${shadowOf(table)} AS shadow ON ${keysOf(table)}`;
  return [from, laneValues(table, rows)];
}

function keysOf({ key }: LaneTable): string {
  return key.map((column) => `shadow.${column} = live.${column}`).join(' AND ');
}

function laneOf({ key }: LaneTable): string {
  const [first] = key;
  return first === 'engine' ? 'live.engine = ? AND live.lane = ?' : 'live.lane = ?';
}

function laneValues({ key }: LaneTable, { engine, lane }: ComparedRows): unknown[] {
  return key[0] === 'engine' ? [engine, lane] : [lane];
}

function sameOf({ columns, bounded }: LaneTable): string {
  const same = columns.map((column) => `live.${column} <=> shadow.${column}`);
  if (bounded) same.push(`live.${bounded} <= shadow.${bounded}`);
  return same.join(' AND ');
}
