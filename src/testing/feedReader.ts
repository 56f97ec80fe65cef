import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FeedGap, FeedPosition } from '../../consumers/feedHandlers.ts';
import type { KnownItem } from '../../consumers/itemSequences.ts';
import { StockFeed } from '../../consumers/stockFeed.ts';
import type { FeedStart } from '../../consumers/stockFeedOptions.ts';
import type { Settings } from '../config/settings.ts';
import { levelAfter } from '../domain/stockLevel.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { silentLogger } from './kafkaFixture.ts';

/** What a feed in another process tells the one that started it. */
type Told =
  | { of: 'level' | 'event'; level: PublishedStockLevel; position: FeedPosition }
  | { of: 'gap'; gap: FeedGap }
  | { of: 'failure'; message: string };

/** What a downstream service keeps: levels, and its positions together with them. */
export class FeedReader {
  readonly levels = new Map<string, PublishedStockLevel>();
  readonly positions = new Map<number, FeedPosition>();
  readonly gaps: FeedGap[] = [];
  readonly failures: string[] = [];
  /** Events that were not the next of their item. */
  repeats = 0;
  events = 0;
  #child: ChildProcess | undefined;

  /** Starts a feed in a process of its own, from the positions kept here, or a group's. */
  start(settings: Settings, groupId?: string): void {
    const start: FeedStart = groupId ? { groupId } : { positions: [...this.positions.values()] };
    const child = fork(fileURLToPath(import.meta.url), { execArgv: [] });
    child.on('message', (told) => this.take(told as Told));
    child.send({ settings, start, known: [...this.levels.values()] });
    this.#child = child;
  }

  /** SIGKILL; resolves when all that it had told is taken. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    child.kill('SIGKILL');
    await ended;
  }

  take(told: Told): void {
    if (told.of === 'gap') this.gaps.push(told.gap);
    else if (told.of === 'failure') this.failures.push(told.message);
    else {
      const { sku, location, sequence } = told.level;
      const item = `${sku}\n${location}`;
      const before = this.levels.get(item)?.sequence ?? 0;
      if (told.of === 'event') {
        this.events++;
        if (sequence !== before + 1) this.repeats++;
      }
      if (sequence > before) this.levels.set(item, told.level);
      this.positions.set(told.position.partition, told.position);
    }
  }
}

/** The other process. */
function run({ settings, start, known }: Start): void {
  const tell = (told: Told) => void process.send?.(told);
  const feed = new StockFeed(settings, silentLogger, {
    ...start,
    known: () => known,
    onLevel: (level, position) => tell({ of: 'level', level, position }),
    onEvent: (event, position) => tell({ of: 'event', level: levelAfter(event), position }),
    onGap: (gap) => tell({ of: 'gap', gap }),
    onFailed: ({ message }) => tell({ of: 'failure', message }),
  });
  feed.start().catch((error: unknown) => tell({ of: 'failure', message: String(error) }));
}

interface Start {
  settings: Settings;
  start: FeedStart;
  known: KnownItem[];
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (start) => run(start as Start));
}
