import { readlinkSync } from 'node:fs';
import { type ServerProcess, isAlive } from './serverProcess.ts';
import { stackPaths } from './stackPaths.ts';
import type { ServerName, StackState } from './stackState.ts';

/**
 * The native server of this checkout, if it runs. A checkout that was copied with its `.onhand`
 * names the servers of the original, which work in another folder and are left alone.
 */
export function runningServer(name: ServerName, state: StackState): ServerProcess | undefined {
  const server = state.servers[name];
  return server && isAlive(server) && worksIn(stackPaths.server(name), server) ? server : undefined;
}

function worksIn(folder: string, { pid }: ServerProcess): boolean {
  try {
    const place = readlinkSync(`/proc/${pid}/cwd`);
    return place === folder || place.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}
