import { type FastifyBaseLogger, type FastifyInstance, LogController, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { OperationalError, messageOf } from './errors.ts';

/** A server that listens. */
export interface HttpServer {
  /** Such as `http://127.0.0.1:9464`. */
  url: string;
  /** Lets answers under way end, and listens no more. */
  close(): Promise<void>;
}

/**
 * Serves these routes and nothing else on ONHAND_HTTP_HOST and ONHAND_HTTP_PORT. Throws
 * HTTP_ADDRESS_UNUSABLE when the port is taken or the address is not one of this machine.
 */
export async function startHttpServer(
  settings: Pick<Settings, 'ONHAND_HTTP_HOST' | 'ONHAND_HTTP_PORT'>,
  logger: Logger,
  routes: (app: FastifyInstance) => void,
): Promise<HttpServer> {
  const loggerInstance: FastifyBaseLogger = logger;
  const logController = new LogController({ disableRequestLogging: true });
  const app = fastify({
    loggerInstance,
    logController,
    // A name of 64 characters, each of them as %XX.
    routerOptions: { maxParamLength: 192 },
    // What is not described is refused, not taken away unnoticed.
    ajv: { customOptions: { removeAdditional: false } },
  });
  routes(app);
  const { ONHAND_HTTP_HOST: host, ONHAND_HTTP_PORT: port } = settings;
  try {
    const listenTextResolver = (address: string) => `health and metrics at ${address}`;
    return { url: await app.listen({ host, port, listenTextResolver }), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw new OperationalError(
      'HTTP_ADDRESS_UNUSABLE',
      `no health and metrics at ${host}:${port}: ${messageOf(error)}`,
      {
        hint:
          'Give each processor on a machine an ONHAND_HTTP_PORT of its own, or 0: any free one, ' +
          'which the log names.',
        cause: error,
      },
    );
  }
}
