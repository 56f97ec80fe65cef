import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { sliceLimitsOf } from '../engine/sliceLimits.ts';
import { SliceRounds } from '../engine/sliceRounds.ts';
import { prepareRegistry } from '../messaging/registry/prepareRegistry.ts';
import { checkTopics, findingText, requireTopics } from '../messaging/topicCheck.ts';
import { topicRegistry } from '../messaging/topics.ts';
import type { HttpServer } from '../ops/httpServer.ts';
import { Metrics } from '../ops/metrics.ts';
import { openDatabase } from '../storage/database.ts';
import { requireDatabase } from '../storage/requireDatabase.ts';
import { engineNames } from '../storage/progress.ts';
import { ViewWriter } from '../view/viewWriter.ts';
import { takeDatabase } from './takeDatabase.ts';
import { engineProcess } from './engineProcess.ts';
import { startOperatorServer } from './operatorServer.ts';
import { TopicWatch } from './watch/topicWatch.ts';

/** More than lanes have transactions at once: reads, publishers and probes have theirs. */
const connectionsMax = 16;

/** A running processor: both engines. */
export interface Processor {
  /** Where health and metrics are served. */
  url: string;
  /** Lets what is under way end and hands the lanes back. */
  stop(): Promise<void>;
}

/**
 * Wires one process: topics checked, database checked, then both engines with their lanes and
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
  let viewWriter: ViewWriter | undefined;
  try {
    const findings = await checkTopics(admin, topics);
    requireTopics(findings);
    for (const finding of findings) logger.warn(finding, findingText(finding));
    const registry = await prepareRegistry(settings, topics);
    await requireDatabase(pool, settings, 'write');
    await takeDatabase({ settings, topics, admin, pool, logger });
    const rounds = new SliceRounds(pool, sliceLimitsOf(settings), settings.ONHAND_SLICES_AT_ONCE);
    viewWriter = settings.ONHAND_VIEW ? new ViewWriter(settings, logger) : undefined;
    const context = { settings, topics, pool, admin, logger, metrics };
    const shared = { ...context, rounds, registry, viewWriter };
    const engines = engineNames.map((engine) => engineProcess(engine, shared, onCrash));
    const views = engines.map(({ view }) => view);
    const check = () => checkTopics(admin, topics);
    const topicWatch = new TopicWatch(check, findings, logger);
    const server = await startOperatorServer({ ...shared, topicWatch }, views);
    operator = server;
    await Promise.all(engines.map((engine) => engine.start()));
    topicWatch.start();
    return {
      url: server.url,
      stop: async () => {
        topicWatch.stop();
        await server.close();
        await Promise.all(engines.map((engine) => engine.stop()));
        await viewWriter?.stop();
        await admin.disconnect();
        await pool.end();
      },
    };
  } catch (error) {
    await operator?.close();
    await viewWriter?.stop();
    await admin.disconnect();
    await pool.end();
    throw error;
  }
}
