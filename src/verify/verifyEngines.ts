import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { OrderReplay } from '../engine/orderReplay.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { topicRegistry, topicsOf } from '../messaging/topics.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { type AuditLine, auditRows } from './auditRows.ts';
import { compareOrders } from './compareOrders.ts';
import { compareOutbox } from './compareOutbox.ts';
import { compareProgress } from './compareProgress.ts';
import { comparePublished } from './comparePublished.ts';
import { compareStock } from './compareStock.ts';
import { EventAudit } from './eventAudit.ts';
import type { Finding, LanePlace } from './findings.ts';
import { openSnapshot } from './openSnapshot.ts';
import { OrderVerdictAudit } from './orderVerdictAudit.ts';
import { type ReplayedLane, replayLanes } from './replayLanes.ts';
import { untilPublished } from './untilPublished.ts';
import type { VerifyContext } from './verifyContext.ts';

/** What a verification found. It holds when `findings` is empty and every line is ok. */
export interface Verification {
  /** Up to which log position of each lane, and how many outbox rows that has caused. */
  lanes: (LanePlace & { offset: number; events: number })[];
  lines: AuditLine[];
  findings: Finding[];
  /** Published stock events by kind, refused commands by their reason; verdicts by kind. */
  counts: ReadonlyMap<string, number>;
}

/**
 * Folds the whole logs of both engines through the pure core and compares the result with every row
 * in MySQL and every record that they published, at the lanes' progress when it was called. Changes
 * nothing; the workers may go on meanwhile.
 */
export async function verifyEngines(
  settings: Settings,
  logger: Logger,
  admin: Admin,
): Promise<Verification> {
  const topics = topicRegistry(settings);
  const registry = openRegistry(settings);
  const snapshot = await openSnapshot(settings);
  const context: VerifyContext = { settings, logger, admin, topics, registry, snapshot };
  try {
    const engines: { engine: EngineName; lanes: ReplayedLane[] }[] = [];
    const findings: Finding[] = [];
    for (const engine of engineNames) {
      const lanes = await replayLanes(context, engine);
      engines.push({ engine, lanes });
      findings.push(...(await compareTables(context, engine, lanes)));
    }
    const lines = await auditRows(snapshot);
    const audits = { stock: new EventAudit(), order: new OrderVerdictAudit() };
    for (const { engine, lanes } of engines) await untilPublished(context, engine, lanes);
    for (const { engine, lanes } of engines) {
      findings.push(...(await comparePublished(context, engine, lanes, audits[engine])));
    }
    return {
      lanes: engines.flatMap(({ lanes }) => lanes.map(laneOf)),
      lines: [...lines, ...audits.stock.lines(), ...audits.order.lines()],
      findings,
      counts: new Map([...audits.stock.counts, ...audits.order.counts]),
    };
  } finally {
    await snapshot.end();
  }
}

async function compareTables(
  { admin, topics, snapshot }: VerifyContext,
  engine: EngineName,
  lanes: readonly ReplayedLane[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const ends = await admin.fetchTopicOffsets(topicsOf(topics, engine).input.name);
  for (const replayed of lanes) {
    const { replay, progress } = replayed;
    const end = ends.find(({ partition }) => partition === progress.lane)?.high;
    findings.push(...compareProgress(replay.progress, progress, Number(end ?? 0)));
    const rows =
      replay instanceof OrderReplay
        ? await compareOrders(snapshot, replay, progress.nextOffset)
        : await compareStock(snapshot, replay);
    findings.push(...rows, ...(await compareOutbox(snapshot, replayed)));
  }
  return findings;
}

function laneOf({ progress }: ReplayedLane): Verification['lanes'][number] {
  const { engine, lane, nextOffset, outboxSequence } = progress;
  return { engine, lane, offset: nextOffset, events: outboxSequence };
}
