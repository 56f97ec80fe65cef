import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { expect } from 'chai';
import { pino } from 'pino';
import type { OperationalError } from '../ops/errors.ts';
import { connectAdmin } from './connectAdmin.ts';
import type { KafkaSettings } from './kafkaClient.ts';

describe('connectAdmin', function () {
  this.timeout(180_000);
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  /** A port with a server that is no Kafka. */
  function listen(greet: (socket: Socket) => void): Promise<number> {
    return new Promise((resolve) => {
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        greet(socket);
      });
      servers.push(server);
      server.listen(0, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  async function failure(port: number, more: Partial<KafkaSettings> = {}) {
    const settings = {
      ONHAND_KAFKA_BROKERS: `127.0.0.1:${port}`,
      ONHAND_KAFKA_SSL: false,
      ONHAND_KAFKA_INFLATED_BYTES_MAX: 1_048_576,
      ...more,
    };
    const begun = performance.now();
    const error = await connectAdmin(settings, pino({ level: 'silent' })).then(
      () => undefined,
      (thrown: unknown) => thrown as OperationalError,
    );
    return { code: error?.code, message: error?.message, ms: performance.now() - begun };
  }

  it('names the brokers when nobody listens', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const { code, message, ms } = await failure(port);
    expect(code).to.equal('KAFKA_UNREACHABLE');
    expect(message).to.include(`127.0.0.1:${port}`);
    expect(ms).to.be.below(20_000);
  });

  it('gives up within 10 seconds on a server that never answers', async () => {
    const port = await listen((socket) => socket.resume());
    const { code, ms } = await failure(port);
    expect(code).to.equal('KAFKA_UNREACHABLE');
    expect(ms).to.be.below(60_000);
  });

  it('tells a server without TLS', async () => {
    const port = await listen((socket) => socket.end('this is not TLS'));
    const { code } = await failure(port, { ONHAND_KAFKA_SSL: true });
    expect(code).to.equal('KAFKA_TLS_FAILED');
  });

  it('names the setting of a certificate authority that is not there', async () => {
    const { code, message } = await failure(1, {
      ONHAND_KAFKA_SSL: true,
      ONHAND_KAFKA_SSL_CA_FILE: 'no/such/file.pem',
    });
    expect(code).to.equal('CONFIG_INVALID');
    expect(message).to.include('ONHAND_KAFKA_SSL_CA_FILE');
  });

  it('names the SASL setting that is missing, and no password', async () => {
    const { code, message } = await failure(1, {
      ONHAND_KAFKA_SASL_MECHANISM: 'plain',
      ONHAND_KAFKA_SASL_PASSWORD: 'secret-word',
    });
    expect(code).to.equal('CONFIG_INVALID');
    expect(message).to.include('ONHAND_KAFKA_SASL_USERNAME').and.not.include('secret-word');
  });
});
