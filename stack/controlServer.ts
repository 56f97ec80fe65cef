import { OperationalError } from '../src/ops/errors.ts';
import { startNative } from './nativeStack.ts';
import { runningServer } from './runningServer.ts';
import { endProcess } from './serverProcess.ts';
import { stackPaths } from './stackPaths.ts';
import { type ServerName, type StackState, readStackState } from './stackState.ts';
import { withLock } from './withLock.ts';

/** Starts one native server again, on its data and its port, and waits until it answers. */
export async function startServer(name: ServerName): Promise<void> {
  const nothing = () => undefined;
  await withLock(stackPaths.lock, nothing, () => startNative(name, nativeState(), nothing));
}

/** Sends one native server a signal that ends it and waits for the end, 30 seconds at most. */
export async function killServer(
  name: ServerName,
  signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<void> {
  const server = runningServer(name, nativeState());
  if (server && !(await endProcess(server, signal, 30_000))) {
    throw new OperationalError('STACK_STEP_FAILED', `${name} goes on after ${signal}`);
  }
}

function nativeState(): StackState {
  const state = readStackState();
  if (state?.mode === 'native') return state;
  throw new OperationalError('STACK_NOT_NATIVE', 'no native servers in this checkout', {
    hint: 'Start them with `onhand stack up` on a machine without a Docker engine.',
  });
}
