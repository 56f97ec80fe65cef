import { externalServers } from './externalServers.ts';
import { readStackState } from './stackState.ts';

/** Whether all servers are native ones that this checkout has started, so that it may kill them. */
export function serversAreOurs(): boolean {
  return readStackState()?.mode === 'native' && Object.keys(externalServers()).length === 0;
}
