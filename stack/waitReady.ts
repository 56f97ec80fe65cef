import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../src/ops/errors.ts';
import { probeServer } from './probeServer.ts';
import type { ServerName, StackState } from './stackState.ts';

/** MySQL that repairs its data after a crash may need a while. */
const longestStart = 120_000;

/**
 * Waits until a server answers. Throws the last refusal when it takes too long (two minutes) or
 * when `isRunning` says that it ended.
 */
export async function waitReady(
  name: ServerName,
  state: StackState,
  isRunning: () => boolean,
): Promise<void> {
  for (const end = Date.now() + longestStart; ; await sleep(150)) {
    try {
      await probeServer(name, state);
      return;
    } catch (error) {
      if (!isRunning()) throw new Error('the server ended', { cause: error });
      if (Date.now() > end) {
        throw new Error(`no answer in ${longestStart / 1000} s: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
  }
}
