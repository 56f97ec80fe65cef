import type { Socket } from 'node:net';
import type { PoolConnection } from 'mysql2';
import {
  type Connection,
  type Pool,
  type SslOptions,
  createConnection,
  createPool,
  format,
} from 'mysql2/promise';
import { fileOf, secretOf } from '../config/secretFiles.ts';
import type { Settings } from '../config/settings.ts';
import { type SessionNeeds, openSession, packetBytesOf } from './session.ts';
import { type Querying, allOf, together } from './together.ts';

/**
 * Who connects: migrations change the schema, the app changes rows, readers change nothing, an
 * operator mends rows.
 */
export type DatabaseRole = 'migrate' | 'app' | 'read' | 'operator';

/** Longer than any lock wait. */
const answerWaitMs = 15_000;

/**
 * How to reach MySQL in a role. Rows' bigints are read as numbers: ours stay below 2^53. Values
 * reach a statement through the driver's placeholders only: see `together` for why several
 * statements are allowed in one packet.
 */
export function connectionOptions(settings: Settings, role: DatabaseRole) {
  return {
    host: settings.ONHAND_MYSQL_HOST,
    port: settings.ONHAND_MYSQL_PORT,
    database: settings.ONHAND_MYSQL_DATABASE,
    user: settings[`ONHAND_MYSQL_${upper(role)}_USER`],
    password: passwordOf(settings, role),
    charset: 'utf8mb4_bin',
    connectTimeout: 5000,
    flags: ['-LOCAL_FILES'],
    multipleStatements: true,
    queryFormat: formatted,
    ...(settings.ONHAND_MYSQL_SSL && { ssl: tlsOptions(settings) }),
  };
}

/** As it is now: it may have been rotated. */
function passwordOf(settings: Settings, role: DatabaseRole): string {
  return secretOf(settings, `ONHAND_MYSQL_${upper(role)}_PASSWORD`);
}

function upper(role: DatabaseRole): Uppercase<DatabaseRole> {
  return role.toUpperCase() as Uppercase<DatabaseRole>;
}

/**
 * Puts values in the places of a statement. One without values, as a slice's megabyte, is left
 * alone: the driver would look through it for placeholders, 2 % of a busy processor's time.
 */
function formatted(sql: string, values: unknown): string {
  return Array.isArray(values) && values.length === 0 ? sql : format(sql, values as never[]);
}

/** A single connection of a role, with a session that is ours. */
export async function openConnection(
  settings: Settings,
  role: DatabaseRole,
  needs: SessionNeeds,
): Promise<Connection> {
  const connection = await createConnection(connectionOptions(settings, role));
  try {
    await openSession(connection, needs);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/**
 * Connections of a role. They read committed rows only, so that statements lock no gaps between
 * the rows of different lanes, and give up on a row lock after 5 s.
 *
 * A process that stands still inside a transaction, or whose network is broken, must not hold the
 * lane's rows for hours: when it is silent for as long as costs it its lanes, the server rolls
 * back. A server that is silent is given up likewise.
 */
export function openDatabase(settings: Settings, role: DatabaseRole, connections: number): Pool {
  const silenceSeconds = Math.max(2, settings.ONHAND_SESSION_TIMEOUT_SECONDS);
  const pool = createPool({
    ...connectionOptions(settings, role),
    connectionLimit: connections,
    // Below the limit, because mysql2 watches idle connections only then.
    maxIdle: connections - 1,
    idleTimeout: silenceSeconds * 500,
    enableKeepAlive: true,
  });
  askForPassword(pool, () => passwordOf(settings, role));
  pool.pool.on('connection', (connection) => {
    const { stream } = connection as unknown as { stream: Socket };
    stream.setTimeout(answerWaitMs, () => stream.destroy(silent()));
  });
  giveOpenSessions(pool, { isolation: 'READ-COMMITTED', lockWaitSeconds: 5, silenceSeconds });
  return pool;
}

/** The driver copies its configuration for every new connection, and with it this question. */
function askForPassword(pool: Pool, password: () => string): void {
  const { config } = pool.pool as unknown as { config: { connectionConfig: object } };
  Object.defineProperty(config.connectionConfig, 'password', { get: password, enumerable: true });
}

/** The driver asks for the authority at every connection. */
function tlsOptions({ ONHAND_MYSQL_SSL_CA_FILE: file }: Settings): SslOptions {
  if (file === undefined) return {};
  return {
    get ca() {
      return fileOf('ONHAND_MYSQL_SSL_CA_FILE', file);
    },
  };
}

type Given = (error: NodeJS.ErrnoException | null, connection?: PoolConnection) => void;

/** The driver's side of a pool, which also its `query` takes connections from. */
interface DriverPool {
  getConnection(give: Given): void;
}

/** A connection is given to nobody before its session is ours. */
function giveOpenSessions(pool: Pool, needs: SessionNeeds): void {
  const driver = pool.pool as unknown as DriverPool;
  const take = driver.getConnection.bind(driver);
  const open = new WeakSet<PoolConnection>();
  driver.getConnection = (give) =>
    take((error, connection) => {
      if (error || !connection || open.has(connection)) return give(error, connection);
      openSession(connection.promise(), needs).then(
        () => {
          open.add(connection);
          give(null, connection);
        },
        (refused: Error) => {
          connection.destroy();
          give(refused);
        },
      );
    });
}

function silent(): Error {
  const message = `MySQL has not answered for ${answerWaitMs / 1000} s`;
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}

/**
 * Runs `work` in one transaction on a connection of its own, its statements sent together: commit
 * at its end, roll back when it throws. A connection that broke is thrown away. COMMIT is sent once
 * and never again: when its answer is lost, the caller reads the progress row, which says what
 * became of it.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (connection: Querying) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection();
  try {
    const statements = together(connection, packetBytesOf(connection));
    // Not waited for alone: it goes out in one packet with the work's first statements.
    const begun = statements.query('START TRANSACTION');
    const done = work(statements);
    await allOf([done, begun]);
    await connection.query('COMMIT');
    connection.release();
    return await done;
  } catch (error) {
    // Not even a failed statement's connection is re-used: rolling back is the server's work then.
    connection.destroy();
    throw error;
  }
}
