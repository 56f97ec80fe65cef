import { expect } from 'chai';
import type { StockCommand } from '../src/domain/commands.ts';
import { decide } from '../src/domain/decide.ts';
import { evolve } from '../src/domain/evolve.ts';
import { emptyState } from '../src/domain/stockState.ts';
import type { Entry } from '../src/engine/decodeSlice.ts';
import type { SliceResult } from '../src/engine/processSlice.ts';
import { DecodeError } from '../src/messaging/decodeError.ts';
import { Metrics } from '../src/ops/metrics.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { countSlice } from './countSlice.ts';

const lane = 1;
const time = 1_700_000_000_000;
const { receive, reserve } = commandsFor('tea');
const record = { offset: 0, timestamp: time, key: null, value: null, headers: {} };
const entryOf = (command: StockCommand): Entry => ({ record, time, command });
const broken: Entry = { record, time, failure: new DecodeError('BROKEN_BODY', 'cut off') };

/** What the engine makes of these commands, with as many dead letters as asked for. */
function resultOf(commands: StockCommand[], deadLetters = 0, parked = 0): SliceResult {
  const state = emptyState({ reservationTtlMs: 1, reservationTtlMsMax: 1, commandMemoryMs: 1 });
  const events = commands.flatMap((command) => {
    const decided = decide(command, state, time);
    for (const event of decided) evolve(state, event);
    return decided;
  });
  const letter = { kind: 'dead-letter' } as SliceResult['rows'][number];
  return {
    progress: {} as SliceResult['progress'],
    rows: Array.from({ length: deadLetters }, () => letter),
    measures: { events, parked, parkedItems: Number(parked > 0), seconds: 0.4, commitSeconds: 0.3 },
  };
}

async function countsOf(metrics: Metrics): Promise<Record<string, number>> {
  const { values } = await metrics.commands.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.outcome), value]));
}

describe('countSlice', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = new Metrics();
  });

  it('counts commands by the kind of their event, or the reason of their rejection', async () => {
    const commands = [receive(10), reserve('a', 6), reserve('b', 6), reserve('c', 3)];
    countSlice(metrics, lane, commands.map(entryOf), resultOf(commands));
    expect(await countsOf(metrics)).to.deep.equal({
      StockReceived: 1,
      StockReserved: 2,
      INSUFFICIENT_STOCK: 1,
    });
  });

  it('counts a command that got its earlier answer as repeated', async () => {
    const command = receive(1);
    const commands = [command, command, command];
    countSlice(metrics, lane, commands.map(entryOf), resultOf(commands));
    expect(await countsOf(metrics)).to.deep.equal({ StockReceived: 1, Repeated: 2 });
  });

  it('takes neither dead letters nor parked commands for repeats', async () => {
    const command = receive(1);
    const waiting = [receive(2), receive(3)].map(entryOf);
    const result = resultOf([command], 1, 2);
    countSlice(metrics, lane, [entryOf(command), broken, ...waiting], result);
    expect(await countsOf(metrics)).to.deep.equal({ StockReceived: 1 });
    expect((await metrics.deadLetters.get()).values[0]?.value).to.equal(1);
    const parked = (await metrics.parkedItems.get()).values;
    expect(parked).to.deep.equal([{ labels: { lane }, value: 1 }]);
  });

  it('counts what an expiry does apart: no command asks for it', async () => {
    const commands = [receive(5), reserve('a', 5)];
    const tick: StockCommand = { kind: 'ExpireDue', limit: 10 };
    const result = resultOf(commands);
    const [, reserved] = result.measures.events;
    const expired = { ...reserved!, kind: 'ReservationExpired' as const, expiresAt: time };
    const events = [expired] as SliceResult['measures']['events'];
    const measures = { ...result.measures, events };
    countSlice(metrics, lane, [entryOf(tick)], { ...result, measures });
    expect(await countsOf(metrics)).to.be.empty;
    expect((await metrics.reservationsExpired.get()).values[0]?.value).to.equal(1);
  });

  it('knows only what was asked when the answer to COMMIT was lost', async () => {
    countSlice(metrics, lane, [receive(1), receive(2)].map(entryOf), undefined);
    expect(await countsOf(metrics)).to.deep.equal({ Unknown: 2 });
    expect(await metrics.registry.metrics()).to.include('onhand_slice_commands_sum 2');
    expect(await metrics.registry.metrics()).to.include('onhand_slice_seconds_count 0');
  });

  it('measures the slice and its commit once', async () => {
    const commands = [receive(1), receive(2)];
    countSlice(metrics, lane, commands.map(entryOf), resultOf(commands));
    const text = await metrics.registry.metrics();
    for (const line of ['commands_count 1', 'seconds_sum 0.4', 'commit_seconds_sum 0.3']) {
      expect(text).to.include(`onhand_slice_${line}`);
    }
  });
});
