import { type TimedCommand, foldBatch } from '../src/domain/foldBatch.ts';
import {
  type StockItem,
  type StockState,
  emptyState,
  itemKey,
  itemOf,
  putReservation,
} from '../src/domain/stockState.ts';
import { textTable } from '../src/ops/textTable.ts';
import { CommandStream } from './commandStream.ts';
import { spreadOf } from './statistics.ts';

/**
 * How many commands a second one core decides and evolves: the pure part of the engine, without
 * Kafka and MySQL. `npm run bench -- decide` runs it with the heap of `onhand`; `--json` is for it.
 *
 * Like the engine it works in slices, each on a fresh state that holds only what the slice names.
 */
const workload = { skus: 1000, sliceCommands: 2000, slices: 100, rounds: 9, warmUpRounds: 3 };
const commandsPerRound = workload.sliceCommands * workload.slices;

const dayMs = 86_400_000;
const policy = {
  reservationTtlMs: dayMs,
  reservationTtlMsMax: 30 * dayMs,
  commandMemoryMs: 7 * dayMs,
};

/** What the database is for the engine: every stock item, with its pending reservations. */
const kept = emptyState(policy);

/** A fresh state with what the slice names: the levels, and the reservations of its orders. */
function load(slice: readonly TimedCommand[]): StockState {
  const state = emptyState(policy);
  for (const { command } of slice) {
    if (command.kind === 'ExpireDue') continue;
    const from = kept.items.get(itemKey(command.sku, command.location));
    if (!from) continue;
    const item = itemOf(state, from.sku, from.location);
    item.level = from.level;
    const reservation = 'orderId' in command && from.reservations.get(command.orderId);
    if (reservation) putReservation(item, reservation);
  }
  return state;
}

function keep(items: Iterable<StockItem>): void {
  for (const { sku, location, level, reservations } of items) {
    const item = itemOf(kept, sku, location);
    item.level = level;
    for (const reservation of reservations.values()) {
      if (reservation.pending > 0) putReservation(item, reservation);
      else item.reservations.delete(reservation.orderId);
    }
  }
}

/**
 * Runs a round of slices; tells how many commands a second of the clock and of CPU time it folds.
 */
function runRound(stream: CommandStream): { byClock: number; byCpu: number } {
  let clockNs = 0n;
  let cpuMicroseconds = 0;
  for (let index = 0; index < workload.slices; index++) {
    const slice = stream.take(workload.sliceCommands);
    const state = load(slice);
    const clockBefore = process.hrtime.bigint();
    const cpuBefore = process.cpuUsage();
    foldBatch(state, slice);
    const cpu = process.cpuUsage(cpuBefore);
    clockNs += process.hrtime.bigint() - clockBefore;
    cpuMicroseconds += cpu.user + cpu.system;
    keep(state.items.values());
  }
  return {
    byClock: commandsPerRound / (Number(clockNs) / 1e9),
    byCpu: commandsPerRound / (cpuMicroseconds / 1e6),
  };
}

const stream = new CommandStream(workload.skus);
foldBatch(kept, stream.openingStock());
// The memory of the opening is of no use to anyone.
kept.remembered.clear();
for (let round = 0; round < workload.warmUpRounds; round++) runRound(stream);
const rounds = Array.from({ length: workload.rounds }, () => runRound(stream));
const byClock = spreadOf(rounds.map((round) => round.byClock));
const byCpu = spreadOf(rounds.map((round) => round.byCpu));

if (process.argv.includes('--json')) {
  const result = {
    ...workload,
    commandsPerSecond: Math.round(byClock.median),
    commandsPerCpuSecond: Math.round(byCpu.median),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  const rows = Object.entries({ 'of the clock': byClock, 'of CPU time': byCpu }).map(
    ([name, { median, min, max }]) => [name, ...[median, min, max].map(Math.round)],
  );
  const head = ['commands per second', 'median', 'least', 'greatest'];
  process.stdout.write(`decide + evolve, one core\n${textTable(head, rows)}\n`);
}
