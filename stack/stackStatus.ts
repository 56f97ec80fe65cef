import { checkExternal, externalServers } from './externalServers.ts';
import { probeServer } from './probeServer.ts';
import { runningServer } from './runningServer.ts';
import { type ServerName, type StackState, readStackState, serversOf } from './stackState.ts';

export interface ServerStatus {
  server: ServerName;
  /** `given` is a server whose address a person gave. */
  mode: 'given' | 'docker' | 'native' | 'none';
  address: string;
  version: string;
  state: 'running' | 'not answering' | 'stopped';
  pid?: number;
}

/** What each server does now. Asks the servers, not only the list of processes. */
export async function stackStatus(): Promise<ServerStatus[]> {
  const external = externalServers();
  const state = readStackState();
  return Promise.all(
    (external.kafka ? serversOf() : serversOf(state)).map(async (server): Promise<ServerStatus> => {
      const given = external[server];
      if (given) {
        const answers = await checkExternal(server, given).then(
          () => true,
          () => false,
        );
        const address = given.addresses.join(', ');
        const now = answers ? 'running' : 'not answering';
        return { server, mode: 'given', address, version: '', state: now };
      }
      return state ? ownStatus(server, state) : stopped(server);
    }),
  );
}

async function ownStatus(server: ServerName, state: StackState): Promise<ServerStatus> {
  const { mode } = state;
  const address = `127.0.0.1:${state.ports[server]}`;
  const process = mode === 'native' ? runningServer(server, state) : undefined;
  if (mode === 'native' && !process) return { ...stopped(server), mode, address };
  const version = state.servers[server]?.version ?? '';
  const row = { server, mode, address, version, ...(process ? { pid: process.pid } : {}) };
  try {
    const told = await probeServer(server, state);
    return { ...row, version: told ?? version, state: 'running' };
  } catch {
    return { ...row, state: mode === 'docker' ? 'stopped' : 'not answering' };
  }
}

function stopped(server: ServerName): ServerStatus {
  return { server, mode: 'none', address: '', version: '', state: 'stopped' };
}
