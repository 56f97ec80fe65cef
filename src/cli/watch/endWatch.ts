import type { LaneEnd } from '../../../consumers/ownedLane.ts';
import type { LogEndReader } from '../../messaging/ends/logEndReader.ts';
import type { OpenTransaction } from '../../messaging/ends/openTransaction.ts';
import { openTransactionText } from '../../messaging/ends/openTransactionText.ts';
import type { Condition } from '../../ops/conditions.ts';
import type { LaneStatus } from '../../ops/laneStatus.ts';

interface WatchedEnd extends LaneEnd {
  /** Whether a transaction has been seen open at `stable` for too long. */
  isLong: boolean;
  /** That transaction, if the broker tells. */
  transaction: OpenTransaction | undefined;
}

/**
 * Where the logs of an engine's lanes end, and which transactions hold them up. An end that stands
 * still before the log's is a transaction that is not ended: that of a busy sender moves on.
 */
export class EndWatch {
  readonly #engine: LaneStatus['engine'];
  readonly #topic: string;
  readonly #patienceMs: number;
  readonly #ends = new Map<number, WatchedEnd>();

  constructor(engine: LaneStatus['engine'], topic: string, patienceMs: number) {
    this.#engine = engine;
    this.#topic = topic;
    this.#patienceMs = patienceMs;
  }

  /** By lane, as last looked up. */
  get ends(): ReadonlyMap<number, LaneEnd> {
    return this.#ends;
  }

  /** Asks the brokers. Throws kafkajs' errors; then the ends are what they were. */
  async look(reader: Pick<LogEndReader, 'read' | 'findOpen'>): Promise<void> {
    const found = await reader.read(this.#topic);
    const now = Date.now();
    for (const [lane, { end, stable }] of found) {
      const before = this.#ends.get(lane);
      const isSame = before?.stable === stable && before.openSince !== undefined;
      const openSince = end === stable ? undefined : isSame ? before.openSince : now;
      const known = isSame && openSince !== undefined ? before.transaction : undefined;
      const isLong = openSince !== undefined && now - openSince >= this.#patienceMs;
      const transaction =
        known ?? (isLong ? await reader.findOpen(this.#topic, lane, stable) : undefined);
      this.#ends.set(lane, { end, stable, openSince, isLong, transaction });
    }
  }

  /** Of these lanes: transactions that are open for too long. */
  conditions(lanes: readonly Pick<LaneStatus, 'lane'>[]): Condition[] {
    return lanes.flatMap(({ lane }): Condition[] => {
      const end = this.#ends.get(lane);
      if (!end?.isLong || end.openSince === undefined) return [];
      const since = new Date(end.openSince).toISOString();
      const place = { topic: this.#topic, lane, ...end };
      return [
        {
          code: 'OPEN_TRANSACTION',
          engine: this.#engine,
          lane,
          since,
          ...openTransactionText(place, end.transaction),
        },
      ];
    });
  }
}
