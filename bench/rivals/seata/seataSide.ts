import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Settings } from '../../../src/config/settings.ts';
import { callersCount } from '../../callers.ts';
import { onCleanUp } from '../../cleanUp.ts';
import { CostMeter } from '../../costMeter.ts';
import type { OrderWorkload } from '../../orderWorkload.ts';
import type { Side, SideRun } from '../../side.ts';
import type { JavaProgram } from '../javaProgram.ts';
import { RivalProcess } from '../rivalProcess.ts';
import { checkSeataShop } from './checkSeataShop.ts';
import { type SeataServer, seataServer } from './seataServer.ts';
import { type SeataShop, seataShop } from './seataShop.ts';

/** How the orders' schema and the stock's are changed together. */
export type SeataMode = 'global' | 'local';

/** Server and order service. */
export interface SeataPrograms {
  server: JavaProgram;
  client: JavaProgram;
}

/** What the order service prints at its end; times in ms. */
interface ClientReport {
  /** Of its process, whose end the meter does not see. */
  cpuSeconds: number;
  seconds: number;
  granted: number;
  refused: number;
  /** Orders that were given up. */
  failed: number;
  /** Tries that ended with a conflict of locks, a deadlock or a time-out; each was made again. */
  failedTries: number;
  p50: number;
  p99: number;
}

/**
 * Orders over two schemas: by a global transaction of Seata AT, or by one local transaction of the
 * same program. 64 callers, timed from the first call to the last answer.
 */
export function seataSide(
  name: string,
  mode: SeataMode,
  programs: SeataPrograms,
): Side<OrderWorkload> {
  return {
    name,
    run: async (workload) => {
      const shop = await seataShop(workload);
      const server = mode === 'global' ? await seataServer(programs.server) : undefined;
      try {
        return await placeAll(shop, server, programs.client, workload);
      } finally {
        await server?.close();
        await shop.close();
      }
    },
  };
}

async function placeAll(
  shop: SeataShop,
  server: SeataServer | undefined,
  { java, classPath }: JavaProgram,
  workload: OrderWorkload,
): Promise<SideRun> {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-seata-client-'));
  const remove = onCleanUp(() => Promise.resolve(rmSync(folder, { recursive: true })));
  for (const [name, text] of clientFiles(shop, server, workload)) {
    writeFileSync(join(folder, name), text);
  }
  const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  const options = ['-cp', [folder, classPath].join(delimiter), '-Xmx1g', logging];
  const files = ['client.properties', 'orders.txt'].map((name) => join(folder, name));
  const meter = await CostMeter.open(shop.stock.pool, ['mysql']);
  const client = new RivalProcess('seata-client', [java, ...options, 'SeataOrders', ...files], {
    environment: { BENCH_PASSWORD: shop.stock.settings.ONHAND_MYSQL_MIGRATE_PASSWORD },
  });
  await meter.start(server && { seata: server.pid });
  const output = await client.output();
  const cost = await meter.stop();
  await remove();
  const { cpuSeconds, seconds, granted, refused, ...more } = JSON.parse(output) as ClientReport;
  cost.cpuSeconds['order service'] = cpuSeconds;
  const found = await checkSeataShop(shop, workload, { granted, refused });
  if (more.failed > 0) found.faults.push(`orders failed: ${more.failed}`);
  return {
    commands: workload.orders.length,
    seconds,
    granted,
    refused,
    cost,
    more: { ...more },
    ...found,
  };
}

function clientFiles(
  { orders, stock }: SeataShop,
  server: SeataServer | undefined,
  workload: OrderWorkload,
): [name: string, text: string][] {
  const here = '{ type = "file", file { name = "file.conf" } }\n';
  const address = `default.grouplist = "127.0.0.1:${server?.port ?? 0}"`;
  const properties = {
    mode: server ? 'global' : 'local',
    callers: callersCount,
    ordersUrl: jdbcUrl(orders.settings),
    stockUrl: jdbcUrl(stock.settings),
    ordersSchema: orders.settings.ONHAND_MYSQL_DATABASE,
    user: stock.settings.ONHAND_MYSQL_MIGRATE_USER,
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  return [
    ['registry.conf', `registry ${here}config ${here}`],
    ['file.conf', `service { vgroupMapping.bench = "default", ${address} }\n`],
    ['client.properties', lines.join('')],
    ['orders.txt', workload.orders.map((skus) => `${skus.join(' ')}\n`).join('')],
  ];
}

function jdbcUrl(settings: Settings): string {
  const { ONHAND_MYSQL_HOST: host, ONHAND_MYSQL_PORT: port } = settings;
  const options = 'sslMode=DISABLED&allowPublicKeyRetrieval=true';
  return `jdbc:mysql://${host}:${port}/${settings.ONHAND_MYSQL_DATABASE}?${options}`;
}
