import type { KafkaMessage } from 'kafkajs';
import { REFUSED_EVENTS_MAX } from '../domain/order/orderLimits.ts';
import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
} from '../messaging/orderStockEventCodec.ts';
import { isLate } from '../messaging/lateHeader.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import type { AuditTally } from './auditTally.ts';

/** Verdicts of one gap that are waited for: an order has far fewer in all. */
const gapMax = 10_000;

interface OrderTrack {
  sequence: number;
  /** After a verdict on its units: none that holds units may follow. */
  isPastReserving: boolean;
  refusals: number;
  /** Sequences that have not come in their place; late verdicts may still bring them. */
  open: Set<number>;
  /** Event ids that were answered, and whether by a refusal. */
  answered: Map<string, boolean>;
}

/**
 * What a reader of the verdicts can prove by himself, without the engine's code: none is missing,
 * no event is answered twice, and what was settled is not held again. Verdicts that say that they
 * were published late count where they belong.
 */
export class OrderVerdictAudit {
  readonly #isWhole: boolean;
  readonly #orders = new Map<string, OrderTrack>();
  readonly counts = new Map<string, number>();
  #verdicts = 0;
  #unreadable = 0;
  #gaps = 0;
  #open = 0;
  #repeats = 0;
  #reversals = 0;

  /** `isWhole`: whether the topic still has its first verdict; else orders begin anywhere. */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  take(records: readonly Pick<KafkaMessage, 'value' | 'headers'>[]): void {
    for (const record of records) {
      this.#verdicts++;
      const verdict = readable(record.value);
      if (verdict) this.#follow(verdict, isLate(record));
      else this.#unreadable++;
    }
  }

  tallies(): AuditTally[] {
    const tally = (check: string, broken: number): AuditTally => {
      return { check, broken, of: this.#verdicts, noun: 'verdicts' };
    };
    return [
      tally('verdicts: each can be read', this.#unreadable),
      tally('verdicts: no gap in any order’s sequence', this.#gaps + this.#open),
      tally('verdicts: each order event answered at most once', this.#repeats),
      tally('verdicts: nothing reserved after the order was settled', this.#reversals),
    ];
  }

  /** Whether late verdicts may still fill a gap. */
  get hasGaps(): boolean {
    return this.#open > 0;
  }

  #follow(verdict: PublishedOrderVerdict, isLate: boolean): void {
    const { kind, orderId, sequence } = verdict;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    // A refusal that belongs to no order.
    if (sequence === 0) return;
    // Of a topic that is cut it cannot be told where a late one belongs before the first kept.
    if (isLate && !this.#isWhole && !this.#orders.has(orderId)) return;
    const track = this.#trackOf(orderId, sequence - 1);
    if (isLate && sequence <= track.sequence) {
      const isFilled = track.open.delete(sequence);
      if (isFilled) this.#open--;
      else if (this.#isWhole) this.#gaps++;
      this.#noteAnswer(track, verdict);
      return;
    }
    if (sequence <= track.sequence) this.#gaps++;
    for (
      let open = track.sequence + 1;
      open < sequence && open <= track.sequence + gapMax;
      open++
    ) {
      track.open.add(open);
      this.#open++;
    }
    track.sequence = sequence;
    this.#noteAnswer(track, verdict);
    if (kind === 'OrderEventRefused') return;
    const reserves = kind === 'OrderStockReserved' || kind === 'OrderStockPartiallyReserved';
    if (reserves && track.isPastReserving) this.#reversals++;
    // Also after the first reserving verdict: an order is reserved once.
    track.isPastReserving = true;
  }

  /**
   * An id that is used again for something else names another event. A refused event that comes
   * again after so many others is not known any more: it is decided anew.
   */
  #noteAnswer(track: OrderTrack, verdict: PublishedOrderVerdict): void {
    const { kind, answers } = verdict;
    const isRefusal = kind === 'OrderEventRefused';
    if (isRefusal) track.refusals++;
    if (answers === null || (isRefusal && verdict.reason === 'EVENT_ID_REUSED')) return;
    const wasRefused = track.answered.get(answers);
    const mayBeForgotten = wasRefused === true && track.refusals > REFUSED_EVENTS_MAX;
    if (wasRefused !== undefined && !mayBeForgotten) this.#repeats++;
    track.answered.set(answers, isRefusal);
  }

  #trackOf(orderId: string, before: number): OrderTrack {
    let track = this.#orders.get(orderId);
    if (!track) {
      const sequence = this.#isWhole ? 0 : before;
      track = {
        sequence,
        isPastReserving: false,
        refusals: 0,
        open: new Set(),
        answered: new Map(),
      };
      this.#orders.set(orderId, track);
    }
    return track;
  }
}

function readable(value: Buffer | null): PublishedOrderVerdict | undefined {
  try {
    return decodeOrderStockEvent(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
