import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { PacketReader } from './packetReader.ts';

/** Where a cut comes: COMMIT never reaches the server, or its answer never reaches the client. */
export type CutPlace = 'before-server' | 'after-answer';

interface CommitTrap {
  place: CutPlace;
  /** What the transaction's first statement must match for its COMMIT to be cut. */
  of: RegExp;
  struck: (answer: Buffer | undefined) => void;
}

interface Link {
  client: Socket;
  server: Socket;
  /** First statement of the transaction that is open, to tell transactions apart. */
  opening: string | undefined;
  /** A COMMIT of this link is on its way whose answer must not pass. */
  trap: CommitTrap | undefined;
}

const okPacket = 0x00;

/** A proxy on the loopback in front of a server, which can cut connections at a chosen moment. */
export class TcpProxy {
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #traps: CommitTrap[] = [];
  #silent = false;

  private constructor(target: { host: string; port: number }, server: Server) {
    this.#target = target;
    this.#server = server;
    server.on('connection', (client) => this.#link(client));
  }

  static async open(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: false });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(target, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#links.size;
  }

  /**
   * Cuts the connection at the next COMMIT of a transaction whose first packet matches. Resolves
   * when that has happened: with whether the server had answered "done".
   */
  cutCommit(place: CutPlace, of: RegExp): Promise<boolean> {
    return new Promise((resolve) => {
      const struck = (answer: Buffer | undefined) => resolve(answer?.[4] === okPacket);
      this.#traps.push({ place, of, struck });
    });
  }

  /** While silent, connections stay open and nothing passes, as behind a broken router. */
  set silent(silent: boolean) {
    this.#silent = silent;
    // What was swallowed is missing from these for ever.
    if (!silent) this.cutAll();
  }

  cutAll(): void {
    for (const link of this.#links) cut(link);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll();
    await once(this.#server, 'close');
  }

  #link(client: Socket): void {
    const server = connect(this.#target);
    const link: Link = { client, server, opening: undefined, trap: undefined };
    this.#links.add(link);
    const packets = new PacketReader((packet) => this.#onPacket(link, packet));
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#onEnd(link));
      socket.on('close', () => this.#onEnd(link));
    }
    client.on('data', (bytes) => {
      if (!this.#silent) packets.take(bytes);
    });
    server.on('data', (bytes) => {
      if (this.#silent) return;
      if (!link.trap) return void client.write(bytes);
      cut(link);
      link.trap.struck(bytes);
    });
  }

  /** Silence swallows also that the other side has gone. */
  #onEnd(link: Link): void {
    if (this.#silent && !link.client.destroyed) return;
    this.#links.delete(link);
    cut(link);
  }

  /** One packet of the MySQL protocol on its way to the server. */
  #onPacket(link: Link, packet: Buffer): void {
    const sql = statementIn(packet);
    const trap = this.#traps[0];
    if (sql?.startsWith('START TRANSACTION')) link.opening = sql;
    if (sql === 'COMMIT' && trap?.of.test(link.opening ?? '')) {
      this.#traps.shift();
      if (trap.place === 'before-server') {
        cut(link);
        return trap.struck(undefined);
      }
      link.trap = trap;
    }
    if (!link.server.destroyed) link.server.write(packet);
  }
}

function cut({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}

/** The text of a COM_QUERY packet, which may carry an empty list of attributes before it. */
function statementIn(packet: Buffer): string | undefined {
  const [sequence, command, attributes, attributeSets] = packet.subarray(3);
  if (sequence !== 0 || command !== 3) return undefined;
  const start = attributes === 0 && attributeSets === 1 ? 7 : 5;
  return packet.subarray(start, start + 200).toString();
}
