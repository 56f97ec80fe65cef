import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { Decoder, Encoder } from './wire.ts';

/** Writes the answer to a request. Resolves to false when the connection ends without one. */
export type Answer = (api: number, request: Decoder, answer: Encoder) => Promise<boolean>;

const lengthBytes = 4;

/** A TCP server on the loopback that speaks Kafka's framing; what it says is its owner's. */
export class FakeBroker {
  readonly node: number;
  readonly #server: Server;
  readonly #answer: Answer;
  readonly #sockets = new Set<Socket>();

  private constructor(node: number, server: Server, answer: Answer) {
    this.node = node;
    this.#server = server;
    this.#answer = answer;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async open(node: number, answer: Answer): Promise<FakeBroker> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeBroker(node, server, answer);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let unread = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= lengthBytes) {
        const end = lengthBytes + unread.readInt32BE();
        if (unread.length < end) return;
        const request = new Decoder(unread.subarray(lengthBytes, end));
        unread = unread.subarray(end);
        // A real one takes turns; here a test holds back one answer, and not those behind it.
        void this.#reply(socket, request);
      }
    });
  }

  async #reply(socket: Socket, request: Decoder): Promise<void> {
    const api = request.readInt16();
    request.readInt16(); // version
    const correlation = request.readInt32();
    request.readString(); // client id
    const answer = new Encoder();
    if (!(await this.#answer(api, request, answer))) {
      socket.destroy();
      return;
    }
    const { buffer } = new Encoder().writeInt32(correlation).writeEncoder(answer);
    socket.write(new Encoder().writeBytes(buffer).buffer);
  }
}
