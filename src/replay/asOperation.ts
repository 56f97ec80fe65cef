import { hostname, userInfo } from 'node:os';
import type { Connection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';
import { requireOwnDatabase } from '../storage/installation.ts';
import {
  beginOperation,
  endOperation,
  holdsOperationLock,
  lockOperations,
} from '../storage/operations.ts';
import { operatorConnection } from '../storage/operatorConnection.ts';
import type { Querying } from '../storage/together.ts';
import { explainedError } from './explainedError.ts';

/** What an operation works with while it is the only one. */
export interface RunningOperation {
  /** Of its audit row. */
  id: number;
  /** Of the operator user; it holds the lock, and is free for the work's own statements. */
  connection: Connection;
  /**
   * Fails when this is not the only operation any more, because its connection broke. Ask it last
   * of all before a COMMIT on another connection.
   */
  requireLock: (asking: Querying) => Promise<void>;
}

/**
 * Does something that changes what others rely on: as the operator user, alone in its database, and
 * with an audit row that says who did what, when, and what became of it. `tell` makes the row's
 * text of the result. Throws OPERATION_RUNNING, MYSQL_* errors, what `work` throws.
 */
export async function asOperation<Result>(
  settings: Settings,
  asked: { verb: string; arguments: Record<string, unknown> },
  work: (operation: RunningOperation) => Promise<Result>,
  tell: (result: Result) => string,
): Promise<Result> {
  const connection = await operatorConnection(settings);
  try {
    await requireOwnDatabase(connection, settings);
    await lockOperations(connection, settings);
    const who = `${userInfo().username}@${hostname()}`.slice(0, 128);
    const id = await beginOperation(connection, { ...asked, who, startedAt: Date.now() });
    const end = (outcome: 'done' | 'failed', detail: string) =>
      endOperation(connection, id, outcome, detail, Date.now());
    try {
      const result = await work({ id, connection, requireLock: lockCheck(settings, connection) });
      await end('done', tell(result));
      return result;
    } catch (error) {
      const code = error instanceof OperationalError ? `${error.code}: ` : '';
      // The first error counts, also where the connection is broken by now.
      await connection
        .query('ROLLBACK')
        .then(() => end('failed', code + messageOf(error)))
        .catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw explainedError(error, settings);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

function lockCheck(settings: Settings, { threadId }: Connection) {
  return async (asking: Querying) => {
    if (await holdsOperationLock(asking, settings, threadId)) return;
    throw new OperationalError(
      'OPERATION_LOST',
      'the operation lost its lock: nothing is changed',
      {
        hint: 'Its connection to MySQL broke. Do it again.',
      },
    );
  };
}
