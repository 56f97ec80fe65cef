import { rmSync } from 'node:fs';
import { stackEnvFile } from '../src/config/loadSettings.ts';
import { stopDocker } from './dockerStack.ts';
import { stopNative } from './nativeStack.ts';
import type { Progress } from './progress.ts';
import { stackPaths } from './stackPaths.ts';
import { type ServerName, brokerNames, readStackState, serverNames } from './stackState.ts';
import { stopwatch } from './stopwatch.ts';
import { withLock } from './withLock.ts';

/** Kafka first: whoever still works on its records finds MySQL until the end. */
const stopOrder: ServerName[][] = [[...brokerNames], ['redis'], ['mysql']];

/** Ends the servers that `stack up` started; their data stay. Harmless when none runs. */
export async function stackDown(progress: Progress): Promise<void> {
  await locked(progress, () => stop(progress, { forget: false }));
}

/** Ends the servers and deletes their data, logs, addresses and passwords. */
export async function stackReset(progress: Progress): Promise<void> {
  await locked(progress, async () => {
    await stop(progress, { forget: true });
    const folders = serverNames.map((name) => stackPaths.server(name));
    for (const path of [...folders, stackPaths.docker, stackPaths.logs]) {
      rmSync(path, { recursive: true, force: true });
    }
    for (const path of [stackEnvFile, stackPaths.state]) rmSync(path, { force: true });
    progress('data deleted');
  });
}

async function stop(progress: Progress, { forget }: { forget: boolean }): Promise<void> {
  const state = readStackState();
  if (state?.mode === 'docker') {
    const time = stopwatch();
    await stopDocker(state, forget);
    return progress(`containers stopped, ${time()}`);
  }
  for (const names of stopOrder) {
    // Brokers all at once: the last of them would wait for a quorum that has gone.
    const stops = names.map(async (name) => {
      const time = stopwatch();
      if (!state?.servers[name]) return;
      await stopNative(name, state);
      progress(`${name} stopped, ${time()}`);
    });
    await Promise.all(stops);
  }
}

async function locked(progress: Progress, work: () => Promise<void>): Promise<void> {
  const onWait = (pid: number) => progress(`process ${pid} works on this stack, waiting`);
  await withLock(stackPaths.lock, onWait, work);
}
