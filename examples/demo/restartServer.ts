import { setTimeout as sleep } from 'node:timers/promises';
import { killServer, startServer } from '../../stack/controlServer.ts';

const awayMs = 1000;

/** Kills a server of ours with SIGKILL and starts it again after a second. */
export async function restartServer(name: 'mysql' | 'kafka'): Promise<void> {
  await killServer(name);
  await sleep(awayMs);
  await startServer(name);
}
