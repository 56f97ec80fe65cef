import type { Connection, RowDataPacket } from 'mysql2/promise';

/**
 * One property that must hold, and whether it does: in plain SQL, without any code of the engine.
 */
export interface AuditLine {
  check: string;
  ok: boolean;
  detail: string;
}

/** What is checked: how many break it, and of how many. */
interface RowCheck {
  check: string;
  broken: string;
  of: 'stock items' | 'reservations' | 'orders' | 'outbox rows' | 'lanes';
}

const wholes: Record<RowCheck['of'], string> = {
  'stock items': 'SELECT COUNT(*) AS n FROM stock_levels',
  reservations: 'SELECT COUNT(*) AS n FROM reservations',
  orders: 'SELECT COUNT(*) AS n FROM orders',
  'outbox rows': 'SELECT COUNT(*) AS n FROM outbox',
  lanes: 'SELECT COUNT(*) AS n FROM progress',
};

const checks: RowCheck[] = [
  {
    check: 'on hand ≥ reserved ≥ 0',
    broken: 'SELECT COUNT(*) AS n FROM stock_levels WHERE reserved < 0 OR on_hand < reserved',
    of: 'stock items',
  },
  {
    check: 'reserved = Σ pending',
    broken: `SELECT COUNT(*) AS n FROM stock_levels AS level
      LEFT JOIN (
        SELECT lane, sku, location, SUM(pending) AS pending FROM reservations
        GROUP BY lane, sku, location
      ) AS held USING (lane, sku, location)
      WHERE level.reserved <> COALESCE(held.pending, 0)`,
    of: 'stock items',
  },
  {
    check: 'granted = pending + confirmed + released + expired',
    broken: `SELECT COUNT(*) AS n FROM reservations
      WHERE granted <> pending + confirmed + released + expired OR returned > confirmed`,
    of: 'reservations',
  },
  {
    check: 'orders: the state is that of the row’s order',
    broken: `SELECT COUNT(*) AS n FROM orders
      WHERE NOT (JSON_UNQUOTE(JSON_EXTRACT(state, '$.head.orderId')) <=> order_id)`,
    of: 'orders',
  },
  {
    check: 'orders: a deadline runs only while one waits for its payment',
    broken: `SELECT COUNT(*) AS n FROM orders
      WHERE due_at IS NOT NULL
        AND JSON_UNQUOTE(JSON_EXTRACT(state, '$.head.phase')) NOT IN ('reserving', 'reserved')`,
    of: 'orders',
  },
  {
    check: 'orders: confirmed + released ≤ granted ≤ requested on each line',
    broken: `SELECT COUNT(DISTINCT lane, order_id) AS n FROM orders
      JOIN JSON_TABLE(state, '$.lines[*]' COLUMNS (
        requested BIGINT PATH '$.requested',
        granted BIGINT PATH '$.granted',
        confirmed BIGINT PATH '$.confirmed',
        released BIGINT PATH '$.released'
      )) AS line
      WHERE confirmed + released > granted OR granted > requested`,
    of: 'orders',
  },
  {
    check: 'no gap in any outbox sequence',
    broken: `SELECT COALESCE(SUM(missing), 0) AS n FROM (
        SELECT MAX(sequence) - MIN(sequence) + 1 - COUNT(*) AS missing FROM outbox
        GROUP BY engine, lane
      ) AS gaps`,
    of: 'outbox rows',
  },
  {
    check: 'every row belongs to a lane that was claimed',
    broken: `SELECT COUNT(DISTINCT engine, lane) AS n FROM (
        SELECT 'stock' AS engine, lane FROM stock_levels GROUP BY lane
        UNION ALL SELECT 'stock', lane FROM reservations GROUP BY lane
        UNION ALL SELECT 'stock', lane FROM parked_commands GROUP BY lane
        UNION ALL SELECT 'order', lane FROM orders GROUP BY lane
        UNION ALL SELECT engine, lane FROM outbox GROUP BY engine, lane
      ) AS held
      LEFT JOIN progress USING (engine, lane) WHERE progress.epoch IS NULL`,
    of: 'lanes',
  },
];

/** What the tables promise by themselves. */
export async function auditRows(connection: Connection): Promise<AuditLine[]> {
  const count = async (sql: string): Promise<number> => {
    const [rows] = await connection.query<(RowDataPacket & { n: number | string })[]>(sql);
    return Number(rows[0]?.n ?? 0);
  };
  const lines: AuditLine[] = [];
  for (const { check, broken, of } of checks) {
    const found = await count(broken);
    const whole = `${await count(wholes[of])} ${of}`;
    const detail = found === 0 ? whole : `broken in ${found} of ${whole}`;
    lines.push({ check, ok: found === 0, detail });
  }
  return lines;
}
