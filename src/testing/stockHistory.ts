import fc from 'fast-check';
import type { StockCommand } from '../domain/commands.ts';
import type { TimedCommand } from '../domain/foldBatch.ts';
import type { Policy } from '../domain/stockState.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { mailboxHeaders } from '../messaging/mailboxHeader.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import { type DrawnMove, drawnMoves } from './drawnMoves.ts';
import type { StockMove } from './naiveStock.ts';
import { startTime } from './spec.ts';

/** Short times, so that deadlines pass and ids are forgotten within a history. */
export const historyPolicy: Policy = {
  reservationTtlMs: 20_000,
  reservationTtlMsMax: 60_000,
  commandMemoryMs: 45_000,
};

/** A tick, or a move: a new one, or with the id of an earlier one, or an earlier one once more. */
type DrawnAsk =
  { tick: number } | { move: DrawnMove; as: 'new' | 'nameless' | 'reuse' | 'repeat'; back: number };

/** Logs of commands and ticks, with repeats, re-used ids and steps of the clock. */
export function stockHistories(maxLength: number): fc.Arbitrary<TimedCommand[]> {
  return fc.array(drawnSteps, { minLength: 1, maxLength, size: 'max' }).map((steps) => {
    const asked: StockMove[] = [];
    let time = startTime;
    return steps.map(({ passMs, ask }) => {
      time += passMs;
      return { command: commandOf(ask, asked, time), time };
    });
  });
}

const drawnSteps: fc.Arbitrary<{ passMs: number; ask: DrawnAsk }> = fc.record({
  passMs: fc.oneof(
    { weight: 30, arbitrary: fc.constant(0) },
    { weight: 20, arbitrary: fc.constantFrom(1, 999, 1000, 5000) },
    { weight: 3, arbitrary: fc.constantFrom(15_000, 19_999, 20_000) },
    { weight: 1, arbitrary: fc.constant(historyPolicy.commandMemoryMs) },
  ),
  ask: fc.oneof(
    { weight: 8, arbitrary: fc.record({ tick: fc.constantFrom(1, 2, 100) }) },
    {
      weight: 60,
      arbitrary: fc.record({
        move: drawnMoves,
        as: fc.oneof(
          { weight: 50, arbitrary: fc.constant('new' as const) },
          { weight: 1, arbitrary: fc.constant('nameless' as const) },
          { weight: 6, arbitrary: fc.constantFrom('reuse' as const, 'repeat' as const) },
        ),
        back: fc.integer({ min: 0, max: 15 }),
      }),
    },
  ),
});

function commandOf(ask: DrawnAsk, asked: StockMove[], time: number): StockCommand {
  if ('tick' in ask) return { kind: 'ExpireDue', limit: ask.tick };
  const { move, as, back } = ask;
  const earlier = asked.at(-1 - back);
  if (earlier && as === 'repeat') return earlier;
  const ids = { new: null, nameless: 'no id', reuse: earlier?.commandId, repeat: null };
  const command = { ...move, commandId: ids[as] ?? `c-${asked.length}` };
  if ('expiresAt' in command && command.expiresAt !== null) command.expiresAt += time;
  if ('orderId' in command && !command.orderId.includes(' ')) {
    const orders = asked.filter(({ kind }) => kind === 'ReserveStock').length;
    command.orderId = `o-${orders + Number(command.orderId)}`;
  }
  asked.push(command);
  return command;
}

/** A history in which commands fail when they are first decided, and operators take them up. */
export interface ParkingHistory {
  history: TimedCommand[];
  failed: FailedDecision[];
}

/** Histories in which some commands cannot be decided and operators retry or skip. */
export function parkingHistories(maxLength: number): fc.Arbitrary<ParkingHistory> {
  const asks = fc.array(drawnOperatorAsks, { maxLength: 12 });
  const failing = fc.array(fc.nat(), { maxLength: 4 });
  return fc.tuple(stockHistories(maxLength), asks, failing).map(([moves, asked, unlucky]) => {
    const history = [...moves];
    const retriedInVain = new Set<StockCommand>();
    for (const [index, { at, of, kind, inVain }] of asked.entries()) {
      const { command: target } = moves[of % moves.length]!;
      if (!('sku' in target)) continue;
      const { sku, location } = target;
      const place = at % (history.length + 1);
      const command = { kind, commandId: `p-${index}`, sku, location };
      history.splice(place, 0, { command, time: history[place - 1]?.time ?? startTime });
      if (inVain) retriedInVain.add(command);
    }
    const offsets = [...new Set(unlucky.map((drawn) => drawn % history.length))];
    const failed = offsets.flatMap((offset) => {
      const again = history.flatMap(({ command }, at) => (retriedInVain.has(command) ? [at] : []));
      return [offset, ...again.filter((at) => at > offset)].map((at) => {
        return { at, offset, reason: 'a test says so' };
      });
    });
    return { history, failed };
  });
}

const drawnOperatorAsks = fc.record({
  at: fc.nat(),
  of: fc.nat(),
  kind: fc.constantFrom('RetryParked' as const, 'RetryParked' as const, 'SkipParked' as const),
  inVain: fc.boolean(),
});

/** A log that holds a history, from offset 0 on. */
export function historyRecords(history: readonly TimedCommand[]): LaneRecord[] {
  return history.map(({ command, time }, offset) => {
    const value = encodeStockCommand(command);
    const headers = offset % 3 === 0 ? mailboxHeaders : {};
    return { offset, timestamp: time, key: null, value, headers };
  });
}
