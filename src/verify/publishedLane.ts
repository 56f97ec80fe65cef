import type { KafkaMessage } from 'kafkajs';
import { requireReadable } from '../messaging/batches/unreadableBatch.ts';
import { topicsOf } from '../messaging/topics.ts';
import { type LogRange, boundsOf } from '../replay/logRange.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { EventAudit } from './eventAudit.ts';
import type { LaneFindings, LanePlace } from './findings.ts';
import { OrderVerdictAudit } from './orderVerdictAudit.ts';
import { PublishedComparison, type PublishedPart } from './publishedComparison.ts';
import { comparePublishedTail } from './publishedTail.ts';
import { type VerifyContext, readPlain } from './verifyContext.ts';

const outcomeKinds = { stock: 'event', order: 'verdict' } as const;

/** Rows of a lane whose records are there, and stand behind younger ones. */
export interface LateRows extends LanePlace {
  topic: string;
  count: number;
}

/** A partition of a topic as it is now. */
type TopicPart = PublishedPart & { bounds: LogRange };

/** What a lane has published, its outcomes and its dead letters, read beside the fold. */
export class PublishedLane {
  readonly #context: VerifyContext;
  readonly #progress: Progress;
  readonly #findings: LaneFindings;
  readonly #parts: PublishedComparison[];
  /** What a reader can prove by himself, of all outcomes that were read. */
  readonly audit: EventAudit | OrderVerdictAudit;

  private constructor(
    context: VerifyContext,
    progress: Progress,
    findings: LaneFindings,
    [output, deadLetter]: [output: TopicPart, deadLetter: TopicPart],
  ) {
    this.#context = context;
    this.#progress = progress;
    this.#findings = findings;
    const isWhole = !output.isCut;
    const { engine, lane } = progress;
    this.audit = engine === 'stock' ? new EventAudit(isWhole) : new OrderVerdictAudit(isWhole);
    const records = readPlain(context, output.topic, lane, output.bounds);
    const outcomes = audited(readable(records, output.topic, lane), this.audit);
    const { from, to } = deadLetter.bounds;
    const letters = context.reader.read(deadLetter.topic, lane, from, to);
    this.#parts = [
      new PublishedComparison(output, outcomes, findings),
      new PublishedComparison(deadLetter, letters, findings),
    ];
  }

  /** Begins to read; outcomes are compared from a log offset on. Throws kafkajs' errors. */
  static async open(
    context: VerifyContext,
    progress: Progress,
    from: number,
    findings: LaneFindings,
  ): Promise<PublishedLane> {
    const { output, deadLetter } = topicsOf(context.topics, progress.engine);
    const partOf = async (topic: string, kind: PublishedPart['kind']): Promise<TopicPart> => {
      const log = await context.readLog(topic);
      const { low, high } = boundsOf(log, progress.lane);
      return { topic, kind, from, isCut: low > 0, bounds: { from: low, to: high } };
    };
    return new PublishedLane(context, progress, findings, [
      await partOf(output.name, outcomeKinds[progress.engine]),
      await partOf(deadLetter.name, 'dead-letter'),
    ]);
  }

  async take(rows: readonly OutboxRow[], offsets: readonly number[]): Promise<void> {
    for (const part of this.#parts) await part.take(rows, offsets);
  }

  /** After the end: rows whose record was published late. */
  get late(): LateRows[] {
    const { engine, lane } = this.#progress;
    return this.#parts.flatMap(({ topic, lateCount: count }) => {
      return count > 0 ? [{ engine, lane, topic, count }] : [];
    });
  }

  /** `isAtProgress`: whether the last row was the last one that the lane had decided. */
  async end(isAtProgress: boolean): Promise<void> {
    for (const part of this.#parts) await part.end(isAtProgress || this.audit.hasGaps);
    if (!isAtProgress) return;
    let beyond = 0;
    for (const part of this.#parts) beyond += part.countBeyond();
    const kinds = [outcomeKinds[this.#progress.engine], 'dead-letter'] as const;
    await comparePublishedTail(this.#context, this.#progress, kinds, beyond, this.#findings);
  }
}

/** Whatever is in a batch that cannot be read, it may be what is missing elsewhere. */
async function* readable(
  batches: AsyncGenerator<KafkaMessage[], void, undefined>,
  topic: string,
  partition: number,
): AsyncGenerator<KafkaMessage[], void, undefined> {
  for await (const records of batches) {
    requireReadable(records, topic, partition);
    yield records;
  }
}

async function* audited(
  batches: AsyncGenerator<KafkaMessage[], void, undefined>,
  audit: EventAudit | OrderVerdictAudit,
): AsyncGenerator<KafkaMessage[], void, undefined> {
  for await (const records of batches) {
    audit.take(records);
    yield records;
  }
}
