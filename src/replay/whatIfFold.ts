import type { StockEvent } from '../domain/events.ts';
import { EXPIRE_LIMIT_MAX } from '../domain/limits.ts';
import { Deadlines } from '../engine/deadlines.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import type { LaneReplay } from '../engine/laneReplay.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { WhatIfTally } from './whatIfTally.ts';

/** As often as a scheduler looks for what is due, in ms of log time. */
const tickEveryMs = 1000;

const tick = encodeStockCommand({ kind: 'ExpireDue', limit: EXPIRE_LIMIT_MAX });

/**
 * One of the folds that a what-if compares. The ticks in the log came when something was due under
 * the settings of then; here one is put in wherever something is due in this fold. They change no
 * verdict, but without them units would count as reserved beyond their deadline.
 */
export class WhatIfFold {
  readonly tally = new WhatIfTally();
  /** Reservations that were granted, and those of them that live as long as the settings say. */
  reserved = { all: 0, byDefault: 0 };
  readonly #replay: LaneReplay;
  readonly #deadlines = new Deadlines<null>();

  /** The replay has the state with which the fold begins. */
  constructor(replay: LaneReplay) {
    this.#replay = replay;
    for (const { reservations } of replay.state.items.values()) {
      for (const { pending, expiresAt } of reservations.values()) {
        if (pending > 0) this.#deadlines.add(expiresAt, null);
      }
    }
  }

  /** Takes the lane's next records. */
  take(records: readonly LaneRecord[]): void {
    let begin = 0;
    for (const [index, record] of records.entries()) {
      const first = records[begin] ?? record;
      if (record.timestamp - first.timestamp < tickEveryMs) continue;
      this.#takeSecond(records.slice(begin, index));
      begin = index;
    }
    this.#takeSecond(records.slice(begin));
  }

  /** Records of about a second. */
  #takeSecond(records: readonly LaneRecord[]): void {
    const [first] = records;
    if (!first) return;
    const { timestamp, offset } = first;
    if (this.#deadlines.take(Math.max(timestamp, this.#replay.progress.logTime)).length > 0) {
      const record = { offset, timestamp, key: null, value: tick, headers: {} };
      while (this.#fold([record]) >= EXPIRE_LIMIT_MAX);
    }
    this.#fold(records);
  }

  /** Answers how many events there were. */
  #fold(records: readonly LaneRecord[]): number {
    const { facts } = this.#replay.fold(records);
    this.tally.take(facts);
    for (const event of facts) this.#note(event);
    return facts.length;
  }

  #note(event: StockEvent): void {
    if (event.kind === 'ReservationExtended') this.#deadlines.add(event.expiresAt, null);
    if (event.kind !== 'StockReserved') return;
    this.#deadlines.add(event.expiresAt, null);
    this.reserved.all++;
    const { reservationTtlMs } = this.#replay.state.policy;
    if (event.expiresAt - event.time === reservationTtlMs) this.reserved.byDefault++;
  }
}
