import { setTimeout as sleep } from 'node:timers/promises';
import { RecordBatchProducer } from '../../../producers/recordBatchProducer.ts';
import { BenchError } from '../../benchError.ts';
import { type BenchInstallation, benchInstallation } from '../../benchInstallation.ts';
import { onCleanUp } from '../../cleanUp.ts';
import { CostMeter } from '../../costMeter.ts';
import type { ProgressView } from '../../progressView.ts';
import type { Side, SideRun } from '../../side.ts';
import type { Workload } from '../../workload.ts';
import { checkRestate } from './checkRestate.ts';
import { receiveStock } from './receiveStock.ts';
import type { RestatePrograms } from './restatePrograms.ts';
import { RestateServer } from './restateServer.ts';

const silenceMsMax = 60_000;
const sendBatch = 5000;

/**
 * The orders wait on a topic with as many partitions as ours, then Restate is subscribed to it.
 * Timed from the first start of a handler to the last end of one: the way from Kafka to the first
 * is left out, in Restate's favour.
 */
export function restateKafkaSide(programs: RestatePrograms): Side {
  return {
    name: 'restate',
    run: async (workload, view) => {
      const installation = await benchInstallation();
      const server = await RestateServer.start(programs, installation.settings);
      try {
        return await drain(server, installation, workload, view);
      } finally {
        await server.close();
        await installation.close();
      }
    },
  };
}

async function drain(
  server: RestateServer,
  installation: BenchInstallation,
  workload: Workload,
  view: ProgressView,
): Promise<SideRun> {
  const commands = workload.orders.length;
  await receiveStock(server, workload);
  await preload(installation, workload);
  const meter = await CostMeter.open(installation.pool, ['kafka']);
  await meter.start(server.pids);
  const group = `${installation.settings.ONHAND_TOPIC_PREFIX}restate`;
  await server.subscribe(installation.topics.stockCommands.name, group);
  await untilHandled(server, commands, view.bar('restate', commands));
  const { firstAt, lastAt, runs } = server.reserves;
  const cost = await meter.stop();
  view.endBar();
  const found = await checkRestate(server, workload);
  const seconds = (lastAt - firstAt) / 1000;
  return { commands, seconds, ...found, cost, more: { 'handler runs': runs } };
}

async function preload(
  { settings, logger, topics }: BenchInstallation,
  { orders, skus }: Workload,
): Promise<void> {
  const producer = new RecordBatchProducer(settings, 'bench', logger, topics.stockCommands);
  const disconnect = onCleanUp(() => producer.disconnect());
  const one = Buffer.from('1');
  for (let from = 0; from < orders.length; from += sendBatch) {
    const batch = [...orders.subarray(from, from + sendBatch)];
    await producer.send(batch.map((sku) => producer.place(skus[sku] ?? '', one)));
  }
  await disconnect();
}

/** Handlers may run more than once for a command: what counts in the end is the state. */
async function untilHandled(
  server: RestateServer,
  commands: number,
  show: (value: number) => void,
): Promise<void> {
  let last = -1;
  for (let since = Date.now(); ; await sleep(50)) {
    server.requireAlive();
    const { runs } = server.reserves;
    show(Math.min(runs, commands));
    if (runs >= commands) {
      const stock = await server.stock();
      if (stock.reduce((sum, item) => sum + item.reserved + item.refused, 0) >= commands) return;
    }
    if (runs !== last) {
      last = runs;
      since = Date.now();
    } else if (Date.now() - since > silenceMsMax) {
      throw new BenchError(`restate: nothing for ${silenceMsMax / 1000} s, ${runs} of ${commands}`);
    }
  }
}
