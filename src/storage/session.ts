import type { Connection } from 'mysql2/promise';
import { packetBytesMin } from './packets.ts';

/** How a session waits and what it sees; the rest is the same for all. */
export interface SessionNeeds {
  isolation: 'READ-COMMITTED' | 'REPEATABLE-READ';
  /** For how long a statement waits for a row or a table, in seconds. */
  lockWaitSeconds: number;
  /** After how long without a statement the server ends the session and rolls back, in seconds. */
  silenceSeconds: number;
}

/** Of a command that a person watches: it may stand still while a log is read. */
export const patientSession: SessionNeeds = {
  isolation: 'READ-COMMITTED',
  lockWaitSeconds: 50,
  silenceSeconds: 86_400,
};

/** The server, or something in front of it, did not take a setting of the session. */
export class SessionRefusedError extends Error {
  override readonly name = 'SessionRefusedError';
  readonly code = 'MYSQL_SESSION_REFUSED';
}

/** A server whose sessions take smaller packets than what we write needs. */
class PacketRefusedError extends Error {
  override readonly name = 'PacketRefusedError';
  readonly code = 'MYSQL_PACKET_TOO_SMALL';
}

/** What a session's packets may have, by its connection: it stays what it was at its beginning. */
const packetBytes = new WeakMap<object, number>();

/** Bytes that the server takes in one packet of a connection whose session is ours. */
export function packetBytesOf(connection: object): number {
  return packetBytes.get(driverOf(connection)) ?? Infinity;
}

/** The driver wraps a connection anew each time that it is asked for one with promises. */
function driverOf(connection: object): object {
  return (connection as { connection?: object }).connection ?? connection;
}

/**
 * What a session of ours is, whatever the defaults of the server are: values as SQL. Each line is
 * something that our statements rest on.
 */
function settingsOf({ isolation, lockWaitSeconds, silenceSeconds }: SessionNeeds) {
  return {
    // Rounds lock rows, no gaps between those of different lanes; a snapshot stays what it is.
    transaction_isolation: `'${isolation}'`,
    transaction_read_only: '0',
    // What is said to be done is kept; a COMMIT neither opens another transaction nor ends us.
    autocommit: '1',
    completion_type: `'NO_CHAIN'`,
    // A value that does not fit is refused; quotes and backslashes mean what we escape them for.
    sql_mode:
      `'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,` +
      `ERROR_FOR_DIVISION_BY_ZERO,TRADITIONAL,NO_ENGINE_SUBSTITUTION'`,
    // Every row that a statement names is read or changed, however many there are.
    sql_safe_updates: '0',
    sql_select_limit: '18446744073709551615',
    sql_big_selects: '1',
    sql_auto_is_null: '0',
    max_execution_time: '0',
    // A command id is remembered once.
    unique_checks: '1',
    foreign_key_checks: '1',
    // Also of tables that name no engine: those of the migrations' own book-keeping, and shadows.
    default_storage_engine: `'InnoDB'`,
    default_tmp_storage_engine: `'InnoDB'`,
    time_zone: `'+00:00'`,
    innodb_lock_wait_timeout: String(lockWaitSeconds),
    lock_wait_timeout: String(lockWaitSeconds),
    wait_timeout: String(silenceSeconds),
    // Rows that are streamed wait until they are used.
    net_write_timeout: '600',
  };
}

/** What SET NAMES sets. */
const names = {
  character_set_client: `'utf8mb4'`,
  character_set_results: `'utf8mb4'`,
  collation_connection: `'utf8mb4_bin'`,
};

/**
 * Makes a new connection's session ours, whatever the server's defaults are, and reads back that it
 * came true: one packet. Throws SessionRefusedError, and PacketRefusedError where the server takes
 * too little at once; the connection is of no use then. The connection has to take several
 * statements at once.
 */
export async function openSession(
  connection: Pick<Connection, 'query'>,
  needs: SessionNeeds,
): Promise<void> {
  const [results] = await connection.query(sessionStatements(needs));
  const [, [row]] = results as [unknown, { refused: string; packet: number }[]];
  if (row?.refused !== '') {
    throw new SessionRefusedError(`the session did not become what was set: ${row?.refused}`);
  }
  if (row.packet < packetBytesMin) {
    const message = `max_allowed_packet is ${row.packet}; ${packetBytesMin} or more is needed`;
    throw new PacketRefusedError(message);
  }
  packetBytes.set(driverOf(connection), row.packet);
}

function sessionStatements(needs: SessionNeeds): string {
  const settings = Object.entries(settingsOf(needs));
  const set = settings.map(([name, value]) => `SESSION ${name} = ${value}`);
  const refused = [...settings, ...Object.entries(names)].map(([name, value]) => {
    return `IF(@@SESSION.${name} <=> ${value}, NULL, CONCAT('${name} is ', @@SESSION.${name}))`;
  });
  return `SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin', ${set.join(', ')};
    SELECT CONCAT_WS(', ', ${refused.join(', ')}) AS refused,
      @@SESSION.max_allowed_packet AS packet`;
}
