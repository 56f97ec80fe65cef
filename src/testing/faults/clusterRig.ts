import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Settings } from '../../config/settings.ts';
import { decodeOrderEvent } from '../../messaging/orderEventCodec.ts';
import { partitionOf } from '../../messaging/partitionOf.ts';
import { decodeStockCommand } from '../../messaging/stockCommandCodec.ts';
import { verifyEngines } from '../../verify/verifyEngines.ts';
import { ClusterControl, internalTopics } from '../cluster/clusterControl.ts';
import type { ThrowawayCluster } from '../cluster/throwawayCluster.ts';
import { waitUntil } from '../waitUntil.ts';
import { ClientLoad } from './clientLoad.ts';
import { expectExact } from './expectExact.ts';
import { expectVerdicts } from './expectVerdicts.ts';
import { type FaultRig, faultRig, untilSettled } from './faultRig.ts';
import { OrderLoad } from './orderLoad.ts';
import { Waits } from './waits.ts';
import type { Worker } from './worker.ts';

const partitions = 6;
const patienceMs = 180_000;

/** Two processors on a cluster, under a load on both engines that can rest. */
export interface ClusterRig {
  readonly cluster: ThrowawayCluster;
  readonly control: ClusterControl;
  readonly onhand: FaultRig;
  /** The topics of the installation, and those of the cluster that it depends on. */
  readonly topics: readonly string[];
  readonly waits: Waits;
  run: () => void;
  /** Waits until every lane of both engines has answered what was asked from now on. */
  answered: () => Promise<void>;
  /** Everybody gets the answer that they wait for; then all is looked at. */
  expectExact(): Promise<void>;
  /** What a failure has left behind, in a few words. */
  diagnosis(): Promise<string>;
  close(): Promise<void>;
}

export async function clusterRig(
  cluster: ThrowawayCluster,
  overrides: Partial<Settings> = {},
): Promise<ClusterRig> {
  const onhand = await faultRig({
    ...cluster.settings,
    ONHAND_PARTITIONS: partitions,
    ONHAND_SESSION_TIMEOUT_SECONDS: 10,
    // Nothing is to expire between two looks at the same records.
    ONHAND_RESERVATION_TTL_SECONDS: 86_400,
    ONHAND_PAYMENT_TTL_SECONDS: 86_400,
    ...overrides,
  });
  const { settings } = onhand;
  const names = Object.values(onhand.topics).map(({ name }) => name);
  const control = new ClusterControl(settings, onhand.admin);
  const workers: Worker[] = [onhand.newWorker(), onhand.newWorker()];
  await Promise.all(workers.map((worker) => worker.untilSaid('lane claimed', 1, patienceMs)));
  const waits = new Waits();
  const stockLanes = laneNames('stock', 'sku');
  const orderLanes = laneNames('order', 'order');
  const skus = stockLanes.map(({ lane, newKey }) => ({ lane, sku: newKey() }));
  const clients = await ClientLoad.open(settings, waits, skus);
  const orders = await OrderLoad.open(
    settings,
    waits,
    skus.map(({ sku }) => sku),
  );
  const lanes = [...stockLanes, ...orderLanes].map(({ lane }) => lane);
  let load = onhand.startLoad();
  const loads = [load];
  let isFirst = true;

  const expectAlive = () => {
    for (const worker of workers) {
      expect(worker.isAlive, worker.lastWords()).to.be.true;
      expect(worker.said('lane halted'), worker.lastWords()).to.deep.equal([]);
    }
  };
  /** Counts records by the id of what they carry. */
  const idsIn = async (role: 'stockCommands' | 'orderEvents') => {
    const counts = new Map<string, number>();
    for (const { value } of await onhand.read(role)) {
      const id = role === 'stockCommands' ? commandIdOf(value) : eventIdOf(value);
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  };
  return {
    cluster,
    control,
    onhand,
    waits,
    topics: [...names, ...internalTopics],
    run: () => {
      if (!isFirst) loads.push((load = onhand.startLoad()));
      isFirst = false;
      waits.begin();
      clients.run();
      orders.run(orderLanes.map(({ lane, newKey }) => ({ lane, newOrder: newKey })));
    },
    answered: async () => {
      const moment = performance.now();
      const all = () => waits.haveAnswered(lanes, moment);
      await waitUntil('answers of all lanes', all, patienceMs).catch((error: Error) => {
        const silent = waits.silent(lanes, moment).join(', ');
        throw new Error([`${error.message}; none of ${silent}`, ...words(workers)].join('\n'));
      });
    },
    expectExact: async () => {
      await load.stop();
      const resting = Promise.all([clients.rest(), orders.rest()]);
      await withinPatience('the answers of all calls and orders', resting, workers);
      await untilSettled(onhand);
      expectAlive();
      await expectExact(onhand, loads);
      expectVerdicts(await onhand.verdicts());
      const [commands, events] = [await idsIn('stockCommands'), await idsIn('orderEvents')];
      for (const { tally } of loads) tally.expectIn(commands);
      for (const id of clients.answered) expect(commands.get(id), id).to.be.at.least(1);
      orders.tally.expectIn(events);
    },
    diagnosis: async () => {
      const { failures, findings, lines } = await verifyEngines(settings);
      const found = [
        ...failures.map(({ engine, lane, failure }) => `${engine} ${lane} ${failure.code}`),
        ...lines.filter(({ ok }) => !ok).map((line) => JSON.stringify(line)),
        ...findings.slice(0, 10).map((finding) => JSON.stringify(finding)),
      ];
      return [`verify: ${findings.length} findings`, ...found].join('\n  ');
    },
    close: async () => {
      await Promise.allSettled([clients.close(), orders.close()]);
      await onhand.close();
    },
  };
}

/** Every lane of an engine, with what makes keys that belong to it. */
function laneNames(engine: string, word: string) {
  return Array.from({ length: partitions }, (_, lane) => ({
    lane: `${engine} ${lane}`,
    newKey: () => {
      for (;;) {
        const key = `${word}-${randomUUID()}`;
        if (partitionOf(key, partitions) === lane) return key;
      }
    },
  }));
}

function commandIdOf(value: Buffer | null): string | undefined {
  const command = decodeStockCommand(value);
  return 'commandId' in command ? command.commandId : undefined;
}

function eventIdOf(value: Buffer | null): string | undefined {
  const event = decodeOrderEvent(value);
  return 'eventId' in event ? event.eventId : undefined;
}

function words(workers: readonly Worker[]): string[] {
  return workers.map((worker) => worker.lastWords());
}

async function withinPatience(
  what: string,
  work: Promise<unknown>,
  workers: readonly Worker[],
): Promise<void> {
  let isDone = false;
  const done = work.then(() => void (isDone = true));
  await Promise.race([done, waitUntil(what, () => isDone, patienceMs)]).catch((error: Error) => {
    throw new Error([error.message, ...words(workers)].join('\n'), { cause: error });
  });
}
