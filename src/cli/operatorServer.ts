import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { LaneOwner } from '../../consumers/laneOwner.ts';
import type { Settings } from '../config/settings.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { consumerGroup } from '../messaging/kafkaNames.ts';
import type { TopicRegistry } from '../messaging/topics.ts';
import { healthReport } from '../ops/healthReport.ts';
import { type HttpServer, startHttpServer } from '../ops/httpServer.ts';
import type { Metrics } from '../ops/metrics.ts';
import { operatorRoutes } from '../ops/operatorRoutes.ts';
import { ServerProbe } from '../ops/serverProbe.ts';
import { toStorageError } from '../storage/storageErrors.ts';

/** What the operator's view needs of its process. */
export interface OperatorContext {
  settings: Settings;
  topics: TopicRegistry;
  pool: Pool;
  admin: Admin;
  logger: Logger;
  metrics: Metrics;
  /** Kept up to date here: where the logs of all lanes end. */
  logEnds: Map<number, number>;
}

/**
 * Serves health and metrics of a processor, and asks Kafka and MySQL every few seconds whether they
 * answer; the question to Kafka is where the logs end. Throws HTTP_ADDRESS_UNUSABLE.
 */
export async function startOperatorServer(
  context: OperatorContext,
  lanes: LaneOwner,
): Promise<HttpServer> {
  const { settings, topics, logger, metrics } = context;
  const probes = serverProbes(context);
  const group = consumerGroup(settings, 'stock');
  const server = await startHttpServer(
    settings,
    logger,
    operatorRoutes({
      health: () => healthReport(lanes.statuses(), probes),
      metrics: async () => {
        metrics.showLanes(lanes.statuses() ?? [], group, topics.stockCommands.name);
        for (const { server, trouble } of probes) metrics.serverUp.set({ server }, trouble ? 0 : 1);
        return {
          contentType: metrics.registry.contentType,
          text: await metrics.registry.metrics(),
        };
      },
    }),
  );
  for (const probe of probes) void probe.start();
  return {
    url: server.url,
    close: () => {
      for (const probe of probes) probe.stop();
      return server.close();
    },
  };
}

function serverProbes({ settings, topics, pool, admin, logEnds }: OperatorContext): ServerProbe[] {
  const findEnds = async () => {
    const ends = await admin.fetchTopicOffsets(topics.stockCommands.name);
    for (const { partition, high } of ends) logEnds.set(partition, Number(high));
  };
  return [
    new ServerProbe('kafka', findEnds, (error) => toOperationalError(error, settings)),
    new ServerProbe(
      'mysql',
      () => pool.query('SELECT 1'),
      (error) => toStorageError(error, settings),
    ),
  ];
}
