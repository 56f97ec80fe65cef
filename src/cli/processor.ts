import type { Logger } from 'pino';
import { StockConsumer } from '../../consumers/stockConsumer.ts';
import { ExpiryScheduler } from '../../producers/expiryScheduler.ts';
import { OutboxPublisher } from '../../producers/outboxPublisher.ts';
import type { Settings } from '../config/settings.ts';
import { OutboxPruner } from '../engine/outboxPruner.ts';
import { policyOf } from '../engine/policyOf.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { checkTopics, requireTopics } from '../messaging/topicCheck.ts';
import { identifyTopics } from '../messaging/topicIds.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { invariant } from '../ops/errors.ts';
import type { HttpServer } from '../ops/httpServer.ts';
import { Metrics } from '../ops/metrics.ts';
import { sharedWhilePending } from '../ops/sharedWhilePending.ts';
import { openDatabase, requireDatabase } from '../storage/database.ts';
import { startOperatorServer } from './operatorServer.ts';

const connectionsMax = 16;

/** A running stock processor. */
export interface Processor {
  /** Where health and metrics are served. */
  url: string;
  /** Lets what is under way end and hands the lanes back. */
  stop(): Promise<void>;
}

/**
 * Wires one process: topics checked, database checked, then the consumer with its lanes and their
 * publishers. Throws named errors when something is missing; `onCrash` is told of what ends it
 * later.
 */
export async function startProcessor(
  settings: Settings,
  logger: Logger,
  onCrash: (error: Error) => void,
): Promise<Processor> {
  const topics = topicRegistry(settings);
  const admin = await connectAdmin(settings, logger);
  const pool = openDatabase(settings, 'app', connectionsMax);
  const metrics = new Metrics();
  metrics.collectProcess();
  let operator: HttpServer | undefined;
  try {
    requireTopics(await checkTopics(admin, topics));
    const { name } = topics.stockCommands;
    const identifyLog = sharedWhilePending(async () => {
      const topics = await identifyTopics(createKafka(settings, 'onhand-topic-ids', logger), [
        name,
      ]);
      const identity = topics.get(name);
      invariant(identity, `${name} was not identified`);
      return identity;
    });
    await requireDatabase(pool, settings);
    const logEnds = new Map<number, number>();
    const shared = { settings, topics, pool, admin, logger, metrics, logEnds };
    const consumer = new StockConsumer(
      {
        ...shared,
        identifyLog,
        openPublisher: (claim) => new OutboxPublisher(shared, claim),
      },
      onCrash,
    );
    const scheduler = new ExpiryScheduler({ ...shared, progress: () => consumer.lanes.progress() });
    const { commandMemoryMs } = policyOf(settings);
    const progress = () => consumer.lanes.progress();
    const pruner = new OutboxPruner(pool, logger, commandMemoryMs, progress);
    const server = await startOperatorServer(shared, consumer.lanes);
    operator = server;
    await consumer.start();
    await scheduler.start();
    pruner.start();
    return {
      url: server.url,
      stop: async () => {
        await server.close();
        await scheduler.stop();
        await pruner.stop();
        await consumer.stop();
        await admin.disconnect();
        await pool.end();
      },
    };
  } catch (error) {
    await operator?.close();
    await admin.disconnect();
    await pool.end();
    throw error;
  }
}
