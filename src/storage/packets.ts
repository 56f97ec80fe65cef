import { OperationalError } from '../ops/errors.ts';

/**
 * What a server's `max_allowed_packet` has to be at least: what is the largest row, an order of a
 * thousand lines or a dead letter as hexadecimal digits, fits, whatever its alphabet is.
 */
export const packetBytesMin = 4_194_304;

/**
 * Characters of a statement, and of statements that go together, at most; one row may take more. No
 * more bytes than the smallest packet, also where each character is three.
 */
export const packetCharsMax = 1_300_000;

/**
 * Rows in lists whose statements a packet holds, in their order. What a slice writes has no bound
 * of its own: one event may change an order of a thousand lines, one command end all holds of an
 * item.
 */
export function* packetsOf<Row extends readonly unknown[]>(
  rows: Iterable<Row>,
  rowsMax = Infinity,
): Generator<Row[]> {
  let list: Row[] = [];
  let chars = 0;
  for (const row of rows) {
    const own = charsOf(row);
    chars += own;
    if (list.length >= rowsMax || (list.length > 0 && chars > packetCharsMax)) {
      yield list;
      list = [];
      chars = own;
    }
    list.push(row);
  }
  if (list.length > 0) yield list;
}

/** Throws MYSQL_PACKET_TOO_LARGE for what a server would end the connection for. */
export function requirePacket(sql: string, bytesMax: number): void {
  if (sql.length * 3 < bytesMax) return;
  const bytes = Buffer.byteLength(sql);
  if (bytes < bytesMax) return;
  throw new OperationalError(
    'MYSQL_PACKET_TOO_LARGE',
    `a row takes a statement of ${bytes} bytes, and max_allowed_packet is ${bytesMax}`,
    { hint: 'Raise max_allowed_packet (SET PERSIST) on the server, then start again.' },
  );
}

/** About what the values take as literals, not less. */
function charsOf(row: readonly unknown[]): number {
  let chars = 4;
  for (const value of row) {
    if (typeof value === 'string' || Buffer.isBuffer(value)) chars += 2 * value.length + 5;
    else chars += 24;
  }
  return chars;
}
