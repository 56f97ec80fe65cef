import type { Logger } from 'pino';
import { type TopicFinding, findingHints, findingText } from '../../messaging/topicCheck.ts';
import type { Condition } from '../../ops/conditions.ts';

const intervalMs = 15_000;

interface Changed {
  finding: TopicFinding;
  /** When it was first seen, in ISO form. */
  since: string;
}

/**
 * Looks every some seconds whether the topics are still set as they were at the start of the
 * process. What was warned of then is no news; what has changed since is a condition until it is
 * mended. How many copies there should be goes by the number of brokers, which is nobody's mistake:
 * a cluster that has grown does not make its processors unready. It costs an idle process ten small
 * requests each time.
 */
export class TopicWatch {
  readonly #check: () => Promise<TopicFinding[]>;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #atStart: ReadonlySet<string>;
  #changed = new Map<string, Changed>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `check` asks the brokers; `atStart` is what it answered when the process began. */
  constructor(
    check: () => Promise<TopicFinding[]>,
    atStart: readonly TopicFinding[],
    logger: Logger,
    everyMs = intervalMs,
  ) {
    this.#check = check;
    this.#atStart = new Set(atStart.map(findingText));
    this.#logger = logger;
    this.#intervalMs = everyMs;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.#look().then(() => {
        if (!this.#stopped) this.start();
      });
    }, this.#intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  conditions(): Condition[] {
    return [...this.#changed.values()].map(({ finding, since }) => ({
      code: 'TOPIC_CHANGED',
      topic: finding.topic,
      since,
      reason: findingText(finding),
      hint: findingHints([finding]).join(' '),
    }));
  }

  async #look(): Promise<void> {
    let findings: TopicFinding[];
    try {
      findings = await this.#check();
    } catch {
      // That Kafka is away is told by its probe; what was found before still stands.
      return;
    }
    const now = new Date().toISOString();
    const changed = new Map<string, Changed>();
    for (const finding of findings) {
      const text = findingText(finding);
      if (finding.setting === 'copies' || this.#atStart.has(text)) continue;
      const known = this.#changed.get(text);
      if (!known) this.#logger.error({ hint: findingHints([finding]).join(' ') }, text);
      changed.set(text, known ?? { finding, since: now });
    }
    this.#changed = changed;
  }
}
