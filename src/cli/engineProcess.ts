import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { EngineConsumer } from '../../consumers/engineConsumer.ts';
import { SharedReader } from '../../consumers/sharedReader.ts';
import { OutboxPublisher } from '../../producers/outboxPublisher.ts';
import { TickScheduler } from '../../producers/tickScheduler.ts';
import type { Settings } from '../config/settings.ts';
import { EXPIRE_LIMIT_MAX } from '../domain/limits.ts';
import { DEADLINE_LINES_MAX } from '../domain/order/orderLimits.ts';
import { OrderLane } from '../engine/orderLane.ts';
import { orderPolicyOf } from '../engine/orderPolicyOf.ts';
import { OutboxPruner } from '../engine/outboxPruner.ts';
import { policyOf } from '../engine/policyOf.ts';
import type { SliceRounds } from '../engine/sliceRounds.ts';
import { StockLane } from '../engine/stockLane.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { PartitionReader } from '../messaging/partitionReader.ts';
import type { SchemaRegistry } from '../messaging/registry/schemaRegistry.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { identifyTopics } from '../messaging/topicIds.ts';
import { type TopicRegistry, topicsOf } from '../messaging/topics.ts';
import { invariant } from '../ops/errors.ts';
import type { Metrics } from '../ops/metrics.ts';
import { sharedWhilePending } from '../ops/sharedWhilePending.ts';
import type { EngineName } from '../storage/progress.ts';
import type { ViewWriter } from '../view/viewWriter.ts';
import type { EngineView } from './operatorServer.ts';
import { EndWatch } from './watch/endWatch.ts';

/** What the engines of a process share. */
export interface EngineShared {
  settings: Settings;
  topics: TopicRegistry;
  pool: Pool;
  admin: Admin;
  logger: Logger;
  metrics: Metrics;
  /** Shared by all lanes of the process. */
  rounds: SliceRounds;
  /** By whose ids records name their schemas, if there is one. */
  registry: SchemaRegistry | undefined;
  viewWriter: ViewWriter | undefined;
}

/** An engine in this process: its member of the group with lanes and publishers, its helpers. */
export interface EngineProcess {
  view: EngineView;
  start(): Promise<void>;
  /** Lets what is under way end and hands the lanes back. */
  stop(): Promise<void>;
}

/** What the lanes of an engine do, and how they are told that a deadline may have passed. */
const engines = {
  stock: {
    openWork: (pool: Pool, settings: Settings) => (lane: number) =>
      new StockLane(pool, lane, policyOf(settings)),
    tick: encodeStockCommand({ kind: 'ExpireDue', limit: EXPIRE_LIMIT_MAX }),
  },
  order: {
    openWork: (_pool: Pool, settings: Settings) => (lane: number) =>
      new OrderLane(lane, orderPolicyOf(settings)),
    tick: encodeOrderEvent({ kind: 'DeadlinesDue', limit: DEADLINE_LINES_MAX }),
  },
};

/** Wires one engine. `onCrash` is told of what ends it after its start. */
export function engineProcess(
  engine: EngineName,
  shared: EngineShared,
  onCrash: (error: Error) => void,
): EngineProcess {
  const { settings, topics, pool } = shared;
  const { input } = topicsOf(topics, engine);
  const { openWork, tick: plainTick } = engines[engine];
  const tick = shared.registry?.framed(plainTick) ?? plainTick;
  const logger = shared.logger.child({ engine });
  const identifyLog = sharedWhilePending(async () => {
    const kafka = createKafka(settings, 'onhand-topic-ids', logger);
    const identity = (await identifyTopics(kafka, [input.name])).get(input.name);
    invariant(identity, `${input.name} was not identified`);
    return identity;
  });
  const reader = new SharedReader(
    () => new PartitionReader(createKafka(settings, 'onhand-log-history', logger)),
  );
  const patienceMs = settings.ONHAND_OPEN_TRANSACTION_SECONDS * 1000;
  const endWatch = new EndWatch(engine, input.name, patienceMs);
  const publisher = new OutboxPublisher({ ...shared, logger }, engine);
  const consumer = new EngineConsumer(
    {
      ...shared,
      logger,
      engine,
      input,
      reader,
      logEnds: endWatch.ends,
      identifyLog,
      openWork: openWork(pool, settings),
      openPublisher: (claim, onHalted) => publisher.open(claim, onHalted),
    },
    onCrash,
  );
  const progress = () => consumer.lanes.progress();
  const scheduler = new TickScheduler({ ...shared, logger, engine, input, tick, progress });
  const pruner = new OutboxPruner(pool, logger, policyOf(settings).commandMemoryMs, progress);
  return {
    view: {
      engine,
      input,
      endWatch,
      progress,
      statuses: () => consumer.lanes.statuses(),
      conditions: () => consumer.lanes.conditions(),
    },
    start: async () => {
      await consumer.start();
      await scheduler.start();
      pruner.start();
    },
    stop: async () => {
      // Side by side: each may have to wait for a server that is away.
      const consuming = consumer.stop().finally(() => publisher.stop());
      await Promise.all([scheduler.stop(), pruner.stop(), consuming]);
    },
  };
}
