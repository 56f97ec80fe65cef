import type { Readable } from 'node:stream';
import type { Connection } from 'mysql2/promise';

const batchRows = 500;

/** What the driver's promises wrap: only this side can stream. */
interface StreamingConnection {
  connection: {
    query(sql: string, values: unknown[]): { stream(options: object): Readable };
  };
}

/**
 * The rows of a query as they come from the server, in batches: memory stays small however many
 * there are. Until the last one is taken the connection is busy; who stops earlier destroys it.
 */
export async function* streamRows<Row>(
  connection: Connection,
  sql: string,
  values: unknown[],
): AsyncGenerator<Row[], void, undefined> {
  const { connection: streaming } = connection as unknown as StreamingConnection;
  const stream = streaming.query(sql, values).stream({ highWaterMark: batchRows });
  let rows: Row[] = [];
  for await (const row of stream as AsyncIterable<Row>) {
    rows.push(row);
    if (rows.length < batchRows) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
