import { createHash } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { Topic } from '../messaging/topics.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Finding } from './findings.ts';
import type { ReplayedLane } from './replayLanes.ts';

/** Messages of the same bytes in the same partition: they can only be counted. */
interface Demand {
  from: ReplayedLane;
  /** Rows that the log demands. */
  sequences: number[];
  /** Rows that were added after the snapshot. */
  later: number;
  found: number;
}

/**
 * Compares what one engine writes into the other's log with the rows that its own log demands: each
 * exactly once, in the partition of its key. Whatever else stands there is none of its business.
 */
export class ForwardedTopic {
  readonly #topic: Topic;
  readonly #kind: OutboxRow['kind'];
  readonly #demands = new Map<string, Demand>();

  /** The rows of this kind go to the topic. */
  constructor(topic: Topic, lanes: readonly ReplayedLane[], kind: OutboxRow['kind']) {
    this.#topic = topic;
    this.#kind = kind;
    for (const from of lanes) {
      for (const row of from.rows) if (row.kind === kind) this.#demand(from, row);
    }
  }

  /** Whether anything is demanded. */
  get isEmpty(): boolean {
    return this.#demands.size === 0;
  }

  take(partition: number, records: readonly KafkaMessage[]): void {
    for (const record of records) {
      const demand = this.#demands.get(digestOf(partition, record));
      if (demand) demand.found++;
    }
  }

  /** Lanes of which something is there more often than their logs demanded at the snapshot. */
  surplusLanes(): Set<ReplayedLane> {
    const surplus = [...this.#demands.values()].filter(
      ({ found, sequences }) => found > sequences.length,
    );
    return new Set(surplus.map(({ from }) => from));
  }

  /** A row that its lane has added after the snapshot: its record may be there or not. */
  allow(row: OutboxRow): void {
    if (row.kind !== this.#kind) return;
    const demand = this.#demands.get(this.#digestOf(row));
    if (demand) demand.later++;
  }

  end(): Finding[] {
    const findings: Finding[] = [];
    for (const { from, sequences, later, found } of this.#demands.values()) {
      const { engine, lane } = from.progress;
      const place = { engine, lane, where: this.#topic.name };
      const noun = `${this.#kind} of sequence`;
      for (const sequence of sequences.slice(found)) {
        findings.push({ ...place, what: `${noun} ${sequence}`, expected: 'a record', found: '' });
      }
      if (found <= sequences.length + later) continue;
      const texts = { expected: `${sequences.length + later} at most`, found: String(found) };
      findings.push({ ...place, what: `${noun} ${sequences[0]}`, ...texts });
    }
    return findings;
  }

  #demand(from: ReplayedLane, row: OutboxRow): void {
    const digest = this.#digestOf(row);
    const demand = this.#demands.get(digest);
    if (demand) demand.sequences.push(row.sequence);
    else this.#demands.set(digest, { from, sequences: [row.sequence], later: 0, found: 0 });
  }

  #digestOf(row: OutboxRow): string {
    return digestOf(partitionOf(String(row.key), this.#topic.partitions), row);
  }
}

function digestOf(partition: number, { key, value }: Pick<OutboxRow, 'key' | 'value'>): string {
  const keyBytes = Buffer.from(key ?? '');
  return createHash('sha256')
    .update(`${partition}/${keyBytes.length}/`)
    .update(keyBytes)
    .update(value ?? '')
    .digest('base64');
}
