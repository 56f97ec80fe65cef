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
  let failure: Error | undefined;
  stream.on('error', (error) => (failure = error));
  try {
    while (!stream.readableEnded) {
      // What is there, at once: to wait for each row takes longer than to use it.
      const rows: Row[] = [];
      for (let row = read<Row>(stream); row !== null; row = read<Row>(stream)) rows.push(row);
      if (rows.length > 0) yield rows;
      else if (stream.destroyed) throw failure ?? new Error('the connection ended before the rows');
      else await untilMore(stream);
    }
  } finally {
    stream.destroy();
  }
}

function read<Row>(stream: Readable): Row | null {
  return stream.read() as Row | null;
}

/** Until there are rows, or none will come any more. */
function untilMore(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      stream.off('readable', settle).off('end', settle).off('close', settle);
      resolve();
    };
    stream.on('readable', settle).on('end', settle).on('close', settle);
  });
}
