import type { Connection, RowDataPacket } from 'mysql2/promise';

/**
 * One property that must hold, and whether it does: in plain SQL, without any code of the engine.
 */
export interface AuditLine {
  check: string;
  ok: boolean;
  detail: string;
}

/** What the tables promise by themselves. */
export async function auditRows(connection: Connection): Promise<AuditLine[]> {
  const count = async (sql: string): Promise<number> => {
    const [rows] = await connection.query<(RowDataPacket & { n: number })[]>(sql);
    return rows[0]?.n ?? 0;
  };
  const items = await count('SELECT COUNT(*) AS n FROM stock_levels');
  const reservations = await count('SELECT COUNT(*) AS n FROM reservations');
  const oversold = await count(
    'SELECT COUNT(*) AS n FROM stock_levels WHERE reserved < 0 OR on_hand < reserved',
  );
  const unmatched = await count(
    `SELECT COUNT(*) AS n FROM stock_levels AS level
     LEFT JOIN (
       SELECT lane, sku, location, SUM(pending) AS pending FROM reservations
       GROUP BY lane, sku, location
     ) AS held USING (lane, sku, location)
     WHERE level.reserved <> COALESCE(held.pending, 0)`,
  );
  const unsound = await count(
    `SELECT COUNT(*) AS n FROM reservations
     WHERE granted <> pending + confirmed + released + expired OR returned > confirmed`,
  );
  const shifted = await count(
    `SELECT COUNT(*) AS n FROM (
       SELECT lane FROM outbox WHERE engine = 'stock' GROUP BY lane
       HAVING COUNT(*) <> MAX(sequence) - MIN(sequence) + 1
     ) AS gaps`,
  );
  return [
    line('on hand ≥ reserved ≥ 0', oversold, `${items} stock items`),
    line('reserved = Σ pending', unmatched, `${items} stock items`),
    line(
      'granted = pending + confirmed + released + expired',
      unsound,
      `${reservations} reservations`,
    ),
    line('no gap in any outbox sequence', shifted, 'all lanes'),
  ];
}

function line(check: string, broken: number, whole: string): AuditLine {
  const ok = broken === 0;
  return { check, ok, detail: ok ? whole : `broken in ${broken} of ${whole}` };
}
