import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const lowest = 15_000;

/**
 * A port of 127.0.0.1 that nobody listens on. It lies below the range from which the system takes
 * the ports of outgoing connections: there, a client that keeps trying to reach a server that is
 * down could get the server's own port and take it.
 */
export async function freePort(except: readonly number[] = []): Promise<number> {
  const end = firstOutgoingPort();
  for (;;) {
    const port = randomInt(lowest, end);
    if (!except.includes(port) && (await isFree(port))) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function firstOutgoingPort(): number {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const first = Number.parseInt(text, 10);
    return first > lowest + 1000 ? first : 32_768;
  } catch {
    return 32_768;
  }
}
