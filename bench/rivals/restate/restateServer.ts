import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../../src/config/settings.ts';
import { brokerList } from '../../../src/messaging/kafkaClient.ts';
import { freePort } from '../../../stack/freePort.ts';
import { BenchError } from '../../benchError.ts';
import { onCleanUp } from '../../cleanUp.ts';
import { RivalProcess } from '../rivalProcess.ts';
import type { RestatePrograms } from './restatePrograms.ts';
import type { HandlerRuns, SkuStock } from './skuStock.ts';

const service = fileURLToPath(import.meta.resolve('./restateService.js'));
const readyMsMax = 60_000;

/** An empty Restate of its own with the stock service registered, on 127.0.0.1 only. */
export class RestateServer {
  /** Processes to watch, by name. */
  readonly pids: Record<string, number>;
  readonly ingressPort: number;
  /** How often `reserve` has run so far. */
  reserves: HandlerRuns = { runs: 0, firstAt: 0, lastAt: 0 };
  readonly #admin: string;
  readonly #processes: RivalProcess[];
  readonly #close: () => Promise<void>;

  private constructor(programs: RestatePrograms, settings: Settings, ports: number[]) {
    const [node = 0, admin = 0, ingress = 0, stock = 0] = ports;
    const folder = mkdtempSync(join(tmpdir(), 'onhand-restate-'));
    const remove = onCleanUp(() => Promise.resolve(rmSync(folder, { recursive: true })));
    const config = join(folder, 'restate.toml');
    writeFileSync(config, configuration(folder, settings, { node, admin, ingress }));
    const server = new RivalProcess('restate', [programs.server, '--config-file', config]);
    const command = [programs.node, service, programs.sdkFolder, String(stock)] as const;
    const handlers = new RivalProcess('restate-service', command, {
      onMessage: (message) => (this.reserves = message as HandlerRuns),
    });
    this.#processes = [server, handlers];
    this.pids = { restate: server.pid, 'restate service': handlers.pid };
    this.ingressPort = ingress;
    this.#admin = `http://127.0.0.1:${admin}`;
    this.#close = async () => {
      for (const process of this.#processes) await process.stop();
      await remove();
    };
  }

  /** Resolves when it can be called. */
  static async start(programs: RestatePrograms, settings: Settings): Promise<RestateServer> {
    const ports: number[] = [];
    while (ports.length < 4) ports.push(await freePort(ports));
    const server = new RestateServer(programs, settings, ports);
    try {
      const uri = `http://127.0.0.1:${ports[3]}`;
      await server.#untilDone(() => server.#post('/deployments', { uri }));
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Has every record of the topic handled, from its first one. */
  async subscribe(topic: string, group: string): Promise<void> {
    await this.#post('/subscriptions', {
      source: `kafka://bench/${topic}`,
      sink: 'service://sku/reserve',
      options: { 'group.id': group, 'auto.offset.reset': 'earliest' },
    });
  }

  /** The state of all SKUs. */
  async stock(): Promise<SkuStock[]> {
    const query = "SELECT value_utf8 AS stock FROM state WHERE service_name = 'sku'";
    const answer = await this.#post('/query', { query });
    const { rows } = (await answer.json()) as { rows: { stock: string }[] };
    return rows.map(({ stock }) => JSON.parse(stock) as SkuStock);
  }

  requireAlive(): void {
    for (const process of this.#processes) process.requireAlive();
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #post(path: string, body: unknown): Promise<Response> {
    const answer = await fetch(this.#admin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return answer;
    throw new BenchError(`restate: ${path} answers ${answer.status}: ${await answer.text()}`);
  }

  /** Both processes are on their way up: tries until they are there. */
  async #untilDone(work: () => Promise<unknown>): Promise<void> {
    for (const since = Date.now(); ; await sleep(200)) {
      this.requireAlive();
      try {
        await work();
        return;
      } catch (error) {
        if (Date.now() - since > readyMsMax) throw error;
      }
    }
  }
}

/** Defaults but for addresses, telemetry and the Kafka that all sides share. */
function configuration(
  folder: string,
  settings: Settings,
  ports: { node: number; admin: number; ingress: number },
): string {
  const brokers = brokerList(settings).map((broker) => `PLAINTEXT://${broker}`);
  return [
    `base-dir = ${JSON.stringify(folder)}`,
    'node-name = "bench"',
    'cluster-name = "bench"',
    'listen-mode = "tcp"',
    'disable-telemetry = true',
    'log-disable-ansi-codes = true',
    `bind-address = "127.0.0.1:${ports.node}"`,
    `advertised-address = "http://127.0.0.1:${ports.node}/"`,
    '[admin]',
    `bind-address = "127.0.0.1:${ports.admin}"`,
    'disable-web-ui = true',
    '[ingress]',
    `bind-address = "127.0.0.1:${ports.ingress}"`,
    '[[ingress.kafka-clusters]]',
    'name = "bench"',
    `brokers = ${JSON.stringify(brokers)}`,
    '',
  ].join('\n');
}
