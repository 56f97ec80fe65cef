import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { partitionOf } from '../messaging/partitionOf.ts';
import { readProgress } from '../storage/progress.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import {
  type ViewFinding,
  type ViewPair,
  compareLevels,
  confirmEarly,
  confirmLate,
} from './compareLevels.ts';
import { affirmedMsMax, inStep, parseNote, readNotes } from './laneNote.ts';
import { readLevelPage } from './storedLevels.ts';
import type { ViewClient } from './viewClient.ts';
import { itemOfLevelKey, levelKeyPattern } from './viewKeys.ts';

const rowsMax = 1000;
/** How long a commit may take to arrive in Redis before its absence counts, in ms. */
const graceMs = 2000;

type OnFindings = (findings: ViewFinding[]) => Promise<void> | void;

/** Whether a processor keeps a lane's levels up to date, knows that it does not, or is away. */
export type LaneInView = 'followed' | 'behind' | 'not followed';

/** What a comparison of Redis with MySQL covered. */
export interface ViewCheck {
  /** Levels in MySQL, each of which was looked for in Redis. */
  levels: number;
  lanes: { lane: number; state: LaneInView }[];
}

/**
 * Compares every level in MySQL with Redis, and looks for levels in Redis that MySQL does not have,
 * while processors may go on. Findings are handed on as they come.
 */
export async function checkView(
  pair: ViewPair,
  onFindings: OnFindings,
  onLane: (lane: number) => void = () => undefined,
): Promise<ViewCheck> {
  const lanes = Array.from({ length: pair.settings.ONHAND_PARTITIONS }, (_, lane) => lane);
  const logs = new Map<number, string>();
  const late = new LateLevels(pair, onFindings);
  let levels = 0;
  for (const lane of lanes) {
    onLane(lane);
    const progress = await readProgress(pair.pool, 'stock', lane);
    if (!progress) continue;
    logs.set(lane, progress.topicId);
    let page = await readLevelPage(pair.pool, lane, undefined, rowsMax);
    while (page.length > 0) {
      levels += page.length;
      const compared = await compareLevels(pair, progress.topicId, page);
      if (compared.findings.length > 0) await onFindings(compared.findings);
      await late.add(progress.topicId, compared.late);
      page = await readLevelPage(pair.pool, lane, page.at(-1), rowsMax);
    }
  }
  await late.end();
  await findExtra(pair, logs, onFindings);
  return { levels, lanes: await laneStates(pair, logs) };
}

/** Levels that were not in Redis when they were looked for; each gets its time to arrive. */
class LateLevels {
  readonly #pair: ViewPair;
  readonly #onFindings: OnFindings;
  #waiting: { log: string; levels: PublishedStockLevel[]; dueAt: number }[] = [];

  constructor(pair: ViewPair, onFindings: OnFindings) {
    this.#pair = pair;
    this.#onFindings = onFindings;
  }

  async add(log: string, levels: PublishedStockLevel[]): Promise<void> {
    const now = performance.now();
    if (levels.length > 0) this.#waiting.push({ log, levels, dueAt: now + graceMs });
    while ((this.#waiting[0]?.dueAt ?? Infinity) <= now) await this.#confirmFirst();
  }

  async end(): Promise<void> {
    while (this.#waiting[0]) {
      await sleep(Math.max(0, this.#waiting[0].dueAt - performance.now()));
      await this.#confirmFirst();
    }
  }

  async #confirmFirst(): Promise<void> {
    const first = this.#waiting.shift();
    if (!first) return;
    const found = await confirmLate(this.#pair, first.log, first.levels);
    if (found.length > 0) await this.#onFindings(found);
  }
}

async function findExtra(
  pair: ViewPair,
  logs: ReadonlyMap<number, string>,
  onFindings: OnFindings,
): Promise<void> {
  const { client, settings } = pair;
  for await (const some of levelKeys(client, levelKeyPattern(settings))) {
    const items = some.flatMap((key) => itemOfLevelKey(settings, key) ?? []);
    for (const [lane, log] of logs) {
      const ofLane = items.filter(
        ({ sku }) => partitionOf(sku, settings.ONHAND_PARTITIONS) === lane,
      );
      if (ofLane.length === 0) continue;
      const found = await confirmEarly(pair, log, ofLane);
      const extra = found.filter(({ what }) => what === 'not in MySQL');
      if (extra.length > 0) await onFindings(extra);
    }
  }
}

async function* levelKeys(client: ViewClient, match: string): AsyncGenerator<string[]> {
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    yield* node.scanStream({ match, count: rowsMax }) as AsyncIterable<string[]>;
  }
}

async function laneStates(
  { client, settings }: ViewPair,
  logs: ReadonlyMap<number, string>,
): Promise<ViewCheck['lanes']> {
  const lanes = [...logs.keys()];
  const notes = await readNotes(client, settings, lanes);
  return lanes.map((lane, index) => {
    const { text = '', ageMs = Infinity } = notes[index] ?? {};
    const note = parseNote(text);
    const isOurs = note?.log === logs.get(lane);
    if (isOurs && note?.state !== inStep) return { lane, state: 'behind' };
    return { lane, state: isOurs && ageMs <= affirmedMsMax ? 'followed' : 'not followed' };
  });
}
