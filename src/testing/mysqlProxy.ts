import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import type { Settings } from '../config/settings.ts';

/** A way to MySQL that breaks when it is told to. */
export interface MysqlProxy {
  /** Settings that lead through it. */
  settings: Settings;
  /** How often it has broken. */
  readonly cuts: number;
  /**
   * Breaks the connection at the next statement that contains a text, or at a later one: before the
   * server has it, or after the server has answered, so that only the answer is lost. Lets nobody
   * in for a while.
   */
  cutAt(text: string, lost: 'statement' | 'answer', outageMs?: number, later?: number): void;
  close(): Promise<void>;
}

export async function mysqlProxy(settings: Settings): Promise<MysqlProxy> {
  let armed:
    { text: string; lost: 'statement' | 'answer'; outageMs: number; later: number } | undefined;
  let downUntil = 0;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (Date.now() < downUntil) {
      client.destroy();
      return;
    }
    const upstream = connect(settings.ONHAND_MYSQL_PORT, settings.ONHAND_MYSQL_HOST);
    const cut = () => [client, upstream].forEach((socket) => socket.destroy());
    let swallowing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (bytes) => {
      if (!armed || !bytes.includes(armed.text) || armed.later-- > 0) {
        upstream.write(bytes);
        return;
      }
      const { lost, outageMs } = armed;
      armed = undefined;
      cuts++;
      downUntil = Date.now() + outageMs;
      swallowing = true;
      if (lost === 'statement') cut();
      else upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (swallowing) cut();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: { ...settings, ONHAND_MYSQL_HOST: '127.0.0.1', ONHAND_MYSQL_PORT: port },
    get cuts() {
      return cuts;
    },
    cutAt: (text, lost, outageMs = 0, later = 0) => (armed = { text, lost, outageMs, later }),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
