import { expect } from 'chai';
import fc from 'fast-check';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { stateContents } from '../testing/stateContents.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { recordsOf } from '../testing/recordsOf.ts';
import { runHistory } from '../testing/runHistory.ts';
import { startTime } from '../testing/spec.ts';
import { historyPolicy, historyRecords, stockHistories } from '../testing/stockHistory.ts';
import { LaneReplay } from './laneReplay.ts';
import type { LaneRecord } from './laneRecord.ts';

const id = { engine: 'stock', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 } as const;

/** Another replay that takes over all that one holds, as a checkpoint does. */
function takenOver(
  from: LaneReplay,
  rows: readonly OutboxRow[],
  failed: readonly FailedDecision[],
): LaneReplay {
  const replay = new LaneReplay(id, historyPolicy, failed);
  for (const { sku, location, level, reservations } of from.state.items.values()) {
    replay.putLevel({ sku, location, ...level });
    for (const one of reservations.values()) replay.putReservation({ sku, location, ...one });
  }
  // The last outcome of an id that was forgotten and came again.
  const last = new Map(rows.map((row) => [row.commandId, row]));
  for (const row of rows) {
    const { commandId, time, value } = row;
    if (commandId !== null && last.get(commandId) === row) {
      replay.putRemembered(commandId, time, value!);
    }
  }
  for (const row of from.parked) replay.putParked(row);
  replay.resume(from.progress);
  return replay;
}

/** Applies records in pieces of so many. */
function inPieces(replay: LaneReplay, records: readonly LaneRecord[], size: number): OutboxRow[] {
  const rows: OutboxRow[] = [];
  for (let from = 0; from < records.length; from += size) {
    rows.push(...replay.apply(records.slice(from, from + size)));
  }
  return rows;
}

const histories = stockHistories(120).map(historyRecords);

describe('LaneReplay', function () {
  this.timeout(180_000);
  it('is what the domain makes of the log, however it is cut', () => {
    fc.assert(
      fc.property(stockHistories(120), fc.integer({ min: 1, max: 50 }), (history, size) => {
        const records = historyRecords(history);
        const replay = new LaneReplay(id, historyPolicy, []);
        const rows = inPieces(replay, records, size);
        expect(replay.progress).to.include({ nextOffset: history.length });
        expect(replay.progress.outboxSequence).to.equal(rows.length);
        const { events, state } = runHistory(history, historyPolicy);
        expect(stateContents(replay.state).items).to.deep.equal(stateContents(state).items);
        const published = rows.map(({ value }) => decodeStockEvent(value).kind);
        expect(published).to.deep.equal(events.map(({ kind }) => kind));
      }),
    );
  });

  it('goes on from a state that was put in as if it had folded all', () => {
    const places = fc.record({
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      poisoned: fc.double({ min: 0, max: 0.999, noNaN: true }),
      size: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(histories, places, (records, { cut, poisoned, size }) => {
        const offset = Math.floor(poisoned * records.length);
        const failed = [{ at: offset, offset, reason: 'a bug' }];
        const whole = new LaneReplay(id, historyPolicy, failed);
        const expected = inPieces(whole, records, records.length);
        const middle = Math.floor(cut * records.length);
        const first = new LaneReplay(id, historyPolicy, failed);
        const rows = inPieces(first, records.slice(0, middle), size);
        const second = takenOver(first, rows, failed);
        rows.push(...inPieces(second, records.slice(middle), size));
        expect(rows).to.deep.equal(expected);
        expect(stateContents(second.state)).to.deep.equal(stateContents(whole.state));
        expect(second.parked).to.deep.equal(whole.parked);
        // The last applied record of a state that was put in is unknown until another is applied.
        const applied = middle < records.length ? whole.progress.applied : null;
        expect(second.progress).to.deep.equal({ ...whole.progress, applied });
      }),
    );
  });

  it('takes parked commands up again after it was put together anew', () => {
    const { receive, retryParked } = commandsFor('tea');
    const asked = [receive(5), receive(2), retryParked()];
    const [command, later, retry] = recordsOf(asked, 0, startTime);
    const failed = [{ at: 0, offset: 0, reason: 'a bug' }];
    const first = new LaneReplay(id, historyPolicy, failed);
    expect(first.apply([command!, later!])).to.be.empty;
    const second = takenOver(first, [], failed);
    const kinds = second.apply([retry!]).map(({ value }) => decodeStockEvent(value).kind);
    expect(kinds).to.deep.equal(['ParkedRetried', 'StockReceived', 'StockReceived']);
    expect(second.parked).to.be.empty;
    expect(second.state.items.get('tea')?.level).to.include({ onHand: 7 });
  });

  it('names decisions that fail here and did not when the lane was live', () => {
    const { receive } = commandsFor('tea');
    const replay = new LaneReplay(id, historyPolicy, []);
    replay.apply(recordsOf([receive(1)], 0, startTime));
    expect(replay.failures).to.be.empty;
    const failing = new LaneReplay(id, historyPolicy, []);
    failing.state.items.get = () => {
      throw new TypeError('no such item');
    };
    expect(failing.apply(recordsOf([receive(1)], 0, startTime))).to.be.empty;
    expect(failing.failures).to.deep.equal([{ at: 0, offset: 0, reason: 'no such item' }]);
    expect(failing.parked.map(({ sku }) => sku)).to.deep.equal(['tea']);
  });
});
