import { createHash } from 'node:crypto';
import type { OutboxRow } from '../storage/outbox.ts';
import { type Message, receivedAt } from './messageText.ts';

/**
 * What lanes of one engine must have written into one partition, as digests of the messages:
 * columns of equal length, so that a million rows take some 34 MiB and go to another thread as they
 * are.
 */
export interface MessageColumns {
  lanes: Uint16Array;
  sequences: Float64Array;
  /** Log offsets of what caused them. */
  offsets: Float64Array;
  /** Log times. */
  times: Float64Array;
  digests: Float64Array;
}

interface Growing {
  sequences: number[];
  offsets: number[];
  times: number[];
  digests: number[];
}

/** Collects one lane's rows of one kind, by target partition. */
export class ColumnCollector {
  readonly #lane: number;
  readonly #kind: OutboxRow['kind'];
  readonly #partitionOf: (row: OutboxRow) => number;
  readonly #rows = new Map<number, Growing>();

  /** `partitionOf`: where in its topic a row of this kind goes. */
  constructor(lane: number, kind: OutboxRow['kind'], partitionOf: (row: OutboxRow) => number) {
    this.#lane = lane;
    this.#kind = kind;
    this.#partitionOf = partitionOf;
  }

  take(rows: readonly OutboxRow[], offsets: readonly number[]): void {
    for (const [index, row] of rows.entries()) {
      if (row.kind !== this.#kind) continue;
      const partition = this.#partitionOf(row);
      let growing = this.#rows.get(partition);
      if (!growing) {
        growing = { sequences: [], offsets: [], times: [], digests: [] };
        this.#rows.set(partition, growing);
      }
      growing.sequences.push(row.sequence);
      growing.offsets.push(offsets[index] ?? 0);
      growing.times.push(row.time);
      growing.digests.push(messageDigest(row));
    }
  }

  /** What was collected, by target partition. */
  end(): Map<number, MessageColumns> {
    const ended = [...this.#rows].map(([partition, growing]): [number, MessageColumns] => [
      partition,
      {
        lanes: new Uint16Array(growing.sequences.length).fill(this.#lane),
        sequences: Float64Array.from(growing.sequences),
        offsets: Float64Array.from(growing.offsets),
        times: Float64Array.from(growing.times),
        digests: Float64Array.from(growing.digests),
      },
    ]);
    return new Map(ended);
  }
}

/** The rows of several lanes for one partition, one behind the other. */
export function joinColumns(parts: readonly MessageColumns[]): MessageColumns {
  const length = parts.reduce((sum, { lanes }) => sum + lanes.length, 0);
  const joined: MessageColumns = {
    lanes: new Uint16Array(length),
    sequences: new Float64Array(length),
    offsets: new Float64Array(length),
    times: new Float64Array(length),
    digests: new Float64Array(length),
  };
  let at = 0;
  for (const part of parts) {
    for (const column of ['lanes', 'sequences', 'offsets', 'times', 'digests'] as const) {
      joined[column].set(part[column], at);
    }
    at += part.lanes.length;
  }
  return joined;
}

/**
 * 53 bits of a digest of key, value and, of a dead letter, the offset at which it was received.
 * Two messages that share it are counted as one.
 */
export function messageDigest(message: Message): number {
  const keyBytes = Buffer.from(message.key ?? '');
  const digest = createHash('sha256')
    .update(`${receivedAt(message)}/${keyBytes.length}/`)
    .update(keyBytes)
    .update(message.value ?? '')
    .digest();
  return digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) & 31);
}
