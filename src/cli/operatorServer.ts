import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { guardRoutes } from '../api/guardRoutes.ts';
import { type ReadSources, readRoutes } from '../api/readRoutes.ts';
import { fileConditions } from '../config/secretFiles.ts';
import type { Settings } from '../config/settings.ts';
import { LogEndReader } from '../messaging/ends/logEndReader.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { consumerGroup } from '../messaging/kafkaNames.ts';
import type { Topic } from '../messaging/topics.ts';
import type { Condition } from '../ops/conditions.ts';
import { healthReport } from '../ops/healthReport.ts';
import { type HttpServer, startHttpServer } from '../ops/httpServer.ts';
import type { LaneStatus } from '../ops/laneStatus.ts';
import type { EngineLanes, Metrics } from '../ops/metrics.ts';
import { operatorRoutes } from '../ops/operatorRoutes.ts';
import { ServerProbe } from '../ops/serverProbe.ts';
import { openDatabase } from '../storage/database.ts';
import type { EngineName, Progress } from '../storage/progress.ts';
import { readClock } from '../storage/readClock.ts';
import { toStorageError } from '../storage/storageErrors.ts';
import { askRedis, openViewClient, toViewError } from '../view/viewClient.ts';
import type { ViewWriter } from '../view/viewWriter.ts';
import type { EndWatch } from './watch/endWatch.ts';
import { LogTimeWatch } from './watch/logTimeWatch.ts';
import type { TopicWatch } from './watch/topicWatch.ts';

const readConnectionsMax = 4;

/** What the operator's view needs of its process. */
export interface OperatorContext {
  settings: Settings;
  pool: Pool;
  logger: Logger;
  metrics: Metrics;
  topicWatch: TopicWatch;
  /** Undefined without a view. */
  viewWriter: ViewWriter | undefined;
}

/** What the operator sees of an engine. */
export interface EngineView {
  engine: EngineName;
  /** Its log. */
  input: Topic;
  /** Kept up to date here: where the logs of all lanes end. */
  endWatch: EndWatch;
  /** Of the lanes at work. */
  progress(): Progress[];
  /** Undefined before the first assignment of lanes. */
  statuses(): LaneStatus[] | undefined;
  /** Of the lanes at work. */
  conditions(): Condition[];
}

/**
 * Serves health, metrics and the read API of a processor, and asks Kafka and MySQL every few
 * seconds whether they answer; the question to Kafka is where the logs end. Throws
 * HTTP_ADDRESS_UNUSABLE.
 */
export async function startOperatorServer(
  context: OperatorContext,
  engines: readonly EngineView[],
): Promise<HttpServer> {
  const { settings, logger, metrics, topicWatch, viewWriter } = context;
  const endReader = new LogEndReader(createKafka(settings, 'onhand-ends', logger));
  const logTimes = new LogTimeWatch();
  const probes = serverProbes(context, engines, endReader, logTimes);
  const sources = openSources(settings);
  const viewProbes = redisProbes(sources);
  const conditions = () => [
    ...topicWatch.conditions(),
    ...conditionsOf(engines, logTimes),
    ...(viewWriter?.conditions() ?? []),
    ...fileConditions(),
  ];
  const operator = operatorRoutes({
    health: () => healthReport(allLanes(engines), probes, conditions()),
    metrics: async () => {
      metrics.showLanes(engines.map((view) => lanesOf(view, settings)));
      metrics.showConditions(conditions(), Date.now());
      for (const { server, trouble } of [...probes, ...viewProbes]) {
        metrics.serverUp.set({ server }, trouble ? 0 : 1);
      }
      if (viewWriter) metrics.viewLanesBehind.set(viewWriter.lanesBehind);
      return {
        contentType: metrics.registry.contentType,
        text: await metrics.registry.metrics(),
      };
    },
  });
  const server = await startHttpServer(settings, logger, (app) => {
    guardRoutes(app, settings);
    operator(app);
    readRoutes(sources)(app);
  }).catch(async (error: unknown) => {
    await closeSources(sources);
    throw error;
  });
  for (const probe of [...probes, ...viewProbes]) void probe.start();
  return {
    url: server.url,
    close: async () => {
      for (const probe of [...probes, ...viewProbes]) probe.stop();
      await server.close();
      await endReader.disconnect();
      await closeSources(sources);
    },
  };
}

/** Connections that the engine does not need: whoever reads must not hold it up. */
function openSources(settings: Settings): ReadSources {
  return {
    settings,
    pool: openDatabase(settings, 'read', readConnectionsMax),
    client: settings.ONHAND_VIEW ? openViewClient(settings) : undefined,
  };
}

async function closeSources({ pool, client }: ReadSources): Promise<void> {
  client?.disconnect();
  await pool.end();
}

/** Undefined until every engine has been assigned lanes, or been told that there are none. */
function allLanes(engines: readonly EngineView[]): LaneStatus[] | undefined {
  const lanes = engines.map((view) => view.statuses());
  return lanes.includes(undefined) ? undefined : lanes.flatMap((statuses) => statuses ?? []);
}

/** What is wrong around the lanes that are assigned to this process. */
function conditionsOf(engines: readonly EngineView[], logTimes: LogTimeWatch): Condition[] {
  const ends = engines.flatMap((view) => view.endWatch.conditions(view.statuses() ?? []));
  const lanes = engines.flatMap((view) => view.conditions());
  return [...ends, ...lanes, ...logTimes.conditions(engines.flatMap((view) => view.progress()))];
}

function lanesOf(view: EngineView, settings: Settings): EngineLanes {
  const { engine, input } = view;
  const consumergroup = consumerGroup(settings, engine);
  return { engine, lanes: view.statuses() ?? [], consumergroup, topic: input.name };
}

/** Kept apart from the servers that a process needs: without Redis it does all its work. */
function redisProbes({ client, settings }: ReadSources): ServerProbe[] {
  if (!client) return [];
  const explain = (error: unknown) => toViewError(error, settings);
  return [new ServerProbe('redis', () => askRedis(client), explain)];
}

function serverProbes(
  { settings, pool }: OperatorContext,
  engines: readonly EngineView[],
  endReader: LogEndReader,
  logTimes: LogTimeWatch,
): ServerProbe[] {
  const findEnds = async () => {
    for (const { endWatch } of engines) await endWatch.look(endReader);
  };
  return [
    new ServerProbe('kafka', findEnds, (error) => toOperationalError(error, settings)),
    new ServerProbe(
      'mysql',
      async () => logTimes.databaseTime(await readClock(pool)),
      (error) => toStorageError(error, settings),
    ),
  ];
}
