import type { RowDataPacket } from 'mysql2/promise';
import type { BenchDatabase } from './benchDatabase.ts';
import type { OutcomeReader } from './outcomeReader.ts';

/** What must be there after a run of onhand. */
export interface Expected {
  events: number;
  granted: number;
  /** Units that are still held, and what became of the others. */
  pending: number;
  confirmed: number;
  released: number;
  expired: number;
}

interface Totals extends RowDataPacket {
  oversold: number;
  apart: number;
  pending: number;
  confirmed: number;
  released: number;
  expired: number;
  reservations: number;
  outbox: number;
}

/** Compares what was read, and what is in MySQL, with what must be there. */
export async function checkReserved(
  { pool }: Pick<BenchDatabase, 'pool'>,
  expected: Expected,
  { events, granted, breaks }: Pick<OutcomeReader, 'events' | 'granted' | 'breaks'>,
): Promise<{ oversold: number; faults: string[] }> {
  const [rows] = await pool.query<Totals[]>(
    `SELECT CAST(SUM(GREATEST(held - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(ABS(held - reserved)) AS SIGNED) AS apart, CAST(SUM(held) AS SIGNED) AS pending,
       CAST(SUM(sold) AS SIGNED) AS confirmed, CAST(SUM(freed) AS SIGNED) AS released,
       CAST(SUM(late) AS SIGNED) AS expired,
       (SELECT COUNT(*) FROM reservations) AS reservations,
       (SELECT COUNT(*) FROM outbox WHERE engine = 'stock') AS outbox
     FROM stock_levels JOIN
       (SELECT lane, sku, location, SUM(pending) AS held, SUM(confirmed) AS sold,
          SUM(released) AS freed, SUM(expired) AS late
        FROM reservations GROUP BY 1, 2, 3) AS holds USING (lane, sku, location)`,
  );
  const found = rows[0] ?? ({} as Partial<Totals>);
  const compared: [what: string, found: number | undefined, wanted: number][] = [
    ['events', events, expected.events],
    ['breaks of a sequence', breaks, 0],
    ['granted', granted, expected.granted],
    ['outbox rows', found.outbox, expected.events],
    ['reservations', found.reservations, expected.granted],
    ['units held', found.pending, expected.pending],
    ['units confirmed', found.confirmed, expected.confirmed],
    ['units released', found.released, expected.released],
    ['units expired', found.expired, expected.expired],
    ['units between levels and reservations', found.apart, 0],
    ['units oversold', found.oversold, 0],
  ];
  return { oversold: found.oversold ?? NaN, faults: differences(compared) };
}

/** In words what is not as it must be. */
export function differences(
  compared: readonly (readonly [what: string, found: number | undefined, wanted: number])[],
): string[] {
  return compared
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) => `${what}: ${found} instead of ${wanted}`);
}
