import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

interface Target {
  host: string;
  port: number;
}

/**
 * An address on the loopback that leads to one server and later to another, as a name in DNS does:
 * only new connections come to the new one.
 */
export class MovableAddress {
  target: Target;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: Target, server: Server) {
    this.target = target;
    this.#server = server;
    server.on('connection', (client) => {
      const socket = connect(this.target);
      for (const [from, to] of [
        [client, socket],
        [socket, client],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => this.#sockets.delete(from) && to.destroy());
        from.pipe(to);
      }
    });
  }

  static async open(target: Target): Promise<MovableAddress> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MovableAddress(target, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}
