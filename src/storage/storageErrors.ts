import type { Settings } from '../config/settings.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';

/**
 * What a failed connection or statement means to an operator. The driver's own errors can carry
 * the SQL with its values, so only code and message are kept, never the error itself.
 */
export function toStorageError(error: unknown, settings: Settings): OperationalError {
  if (error instanceof OperationalError) return error;
  const code = codeOf(error);
  const address = `${settings.ONHAND_MYSQL_HOST}:${settings.ONHAND_MYSQL_PORT}`;
  const { sqlMessage } = error as { sqlMessage?: string };
  const message = sqlMessage ?? messageOf(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'PROTOCOL_CONNECTION_LOST':
      return new OperationalError('MYSQL_UNREACHABLE', `no MySQL server at ${address} (${code})`, {
        hint: 'Start it (`onhand stack up` for a local one) or set ONHAND_MYSQL_HOST and _PORT.',
      });
    case 'ER_ACCESS_DENIED_ERROR':
      return new OperationalError('MYSQL_AUTH_FAILED', message, {
        hint: 'Check the ONHAND_MYSQL_*_USER and _PASSWORD settings (`onhand config show`).',
      });
    case 'ER_CANT_CREATE_USER_WITH_GRANT':
      return new OperationalError('MYSQL_AUTH_FAILED', 'a user that is granted rights is missing', {
        hint: 'Create the users of the ONHAND_MYSQL_*_USER settings, then run `onhand migrate`.',
      });
    case 'ER_BAD_DB_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_NO_SUCH_TABLE':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return new OperationalError('MYSQL_SCHEMA_MISSING', message, {
        hint: 'Create the database, then run `onhand migrate`: it makes tables and grants rights.',
      });
    case 'MYSQL_SESSION_REFUSED':
      return new OperationalError('MYSQL_SESSION_REFUSED', message, {
        hint: 'Look for what stands between: a proxy that keeps or resets sessions must not.',
      });
    case 'MYSQL_PACKET_TOO_SMALL':
      return new OperationalError('MYSQL_PACKET_TOO_SMALL', message, {
        hint: 'SET PERSIST max_allowed_packet = 67108864 on the server: it is its own default.',
      });
    default:
      return new OperationalError('MYSQL_FAILED', `${code}: ${message}`);
  }
}

/** The driver's name for an error, such as ER_DUP_ENTRY or ECONNREFUSED. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'UNKNOWN';
}
