import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import type { Logger } from 'pino';
import { laneRecords } from '../../consumers/laneRecords.ts';
import { readTopic } from '../../consumers/readTopic.ts';
import type { Settings } from '../config/settings.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import { policyOf } from '../engine/policyOf.ts';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../messaging/registry/schemaRegistry.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { connectionOptions } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import { toStorageError } from '../storage/storageErrors.ts';
import { type AuditLine, auditRows } from './auditRows.ts';
import { EventAudit } from './eventAudit.ts';
import type { Finding } from './findings.ts';
import { compareProgress } from './compareProgress.ts';
import { PublishedTopic } from './publishedTopic.ts';
import { surplusRecords } from './surplusRecords.ts';
import { verifyLane } from './verifyLane.ts';

const publishWaitMs = 30_000;

/** What a verification found. It holds when `findings` is empty and every line is ok. */
export interface Verification {
  lanes: { lane: number; offset: number; events: number }[];
  lines: AuditLine[];
  findings: Finding[];
  /** Published events by kind; refusals by their reason. */
  counts: ReadonlyMap<string, number>;
}

/**
 * Folds the whole command log through the pure core and compares the result with every row in
 * MySQL and every record on the events topics, at the lanes' progress when it was called. Changes
 * nothing; the workers may go on meanwhile.
 */
export async function verifyStock(
  settings: Settings,
  logger: Logger,
  admin: Admin,
): Promise<Verification> {
  const topics = topicRegistry(settings);
  const registry = openRegistry(settings);
  const connection = await openSnapshot(settings);
  try {
    const replays = await replayLanes(settings, logger, admin, connection, registry);
    const findings: Finding[] = [];
    const ends = await admin.fetchTopicOffsets(topics.stockCommands.name);
    for (const { replay, rows, progress } of replays) {
      const end = ends.find(({ partition }) => partition === progress.lane)?.high;
      findings.push(...compareProgress(replay.progress, progress, Number(end ?? 0)));
      findings.push(...(await verifyLane(connection, replay, rows)));
    }
    const lines = await auditRows(connection);
    await untilPublished(settings, admin, replays);
    const byKind = (kind: OutboxRow['kind']) =>
      new Map(
        replays.map(({ replay, rows }) => [
          replay.progress.lane,
          rows.filter((row) => row.kind === kind),
        ]),
      );
    const audit = new EventAudit();
    const events = new PublishedTopic(topics.stockEvents.name, byKind('event'));
    const deadLetters = new PublishedTopic(topics.stockDeadLetter.name, byKind('dead-letter'));
    await readTopic(settings, logger, admin, topics.stockEvents.name, async (lane, records) => {
      const plain = registry ? await registry.plainRecords(records) : records;
      events.take(lane, plain);
      audit.take(plain);
    });
    await readTopic(settings, logger, admin, topics.stockDeadLetter.name, (lane, records) => {
      deadLetters.take(lane, records);
    });
    findings.push(...events.end(), ...deadLetters.end());
    const published = (lane: number) => events.count(lane) + deadLetters.count(lane);
    const lanes = replays.map(({ progress }) => progress.lane);
    findings.push(...(await surplusRecords(settings, lanes, published)));
    return {
      lanes: replays.map(({ progress }) => ({
        lane: progress.lane,
        offset: progress.nextOffset,
        events: progress.outboxSequence,
      })),
      lines: [...lines, ...audit.lines()],
      findings,
      counts: audit.counts,
    };
  } finally {
    await connection.end();
  }
}

interface ReplayedLane {
  replay: LaneReplay;
  /** Outbox rows that the log demands. */
  rows: OutboxRow[];
  /** The progress row in the snapshot. */
  progress: Progress;
}

/** A connection that sees all tables as they are at one moment, for as long as it is open. */
async function openSnapshot(settings: Settings): Promise<Connection> {
  try {
    const connection = await createConnection(connectionOptions(settings, 'read'));
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    return connection;
  } catch (error) {
    throw toStorageError(error, settings);
  }
}

async function replayLanes(
  settings: Settings,
  logger: Logger,
  admin: Admin,
  connection: Connection,
  registry: SchemaRegistry | undefined,
): Promise<ReplayedLane[]> {
  const [lanes] = await connection.query<(RowDataPacket & { lane: number })[]>(
    `SELECT lane FROM progress WHERE engine = 'stock' ORDER BY lane`,
  );
  const replays = new Map<number, ReplayedLane>();
  for (const { lane } of lanes) {
    const progress = await readProgress(connection, 'stock', lane);
    if (!progress) continue;
    const failed = await readFailedDecisions(connection, 'stock', lane);
    const replay = new LaneReplay(progress, policyOf(settings), failed);
    replays.set(lane, { replay, rows: [], progress });
  }
  const topic = topicRegistry(settings).stockCommands.name;
  await readTopic(settings, logger, admin, topic, async (lane, records) => {
    const replayed = replays.get(lane);
    if (!replayed) return;
    const { nextOffset } = replayed.progress;
    await registry?.learn(registry.unlearned(records));
    const applied = laneRecords(records, registry).filter(({ offset }) => offset < nextOffset);
    replayed.rows.push(...replayed.replay.apply(applied));
  });
  return [...replays.values()];
}

/** Publishers may be a moment behind. What is not there in the end, the comparison tells. */
async function untilPublished(
  settings: Settings,
  admin: Admin,
  replays: readonly ReplayedLane[],
): Promise<void> {
  const topic = topicRegistry(settings).stockEvents.name;
  const groupId = cursorGroup(settings, 'stock');
  for (const deadline = Date.now() + publishWaitMs; Date.now() < deadline; await sleep(200)) {
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const behind = replays.some(({ progress: { lane, outboxSequence } }) => {
      const cursor = offsets?.partitions.find(({ partition }) => partition === lane)?.offset;
      return Number(cursor ?? -1) < outboxSequence && outboxSequence > 0;
    });
    if (!behind) return;
  }
}
