import Table from 'cli-table3';
import { foldBatch } from '../src/domain/foldBatch.ts';
import type { TimedCommand } from '../src/domain/foldBatch.ts';
import type { StockItem } from '../src/domain/stockState.ts';
import { emptyState, itemKey, itemOf, putReservation } from '../src/domain/stockState.ts';
import { CommandStream } from './commandStream.ts';

/**
 * How many commands a second one core decides and evolves: the pure part of the engine, without
 * Kafka and MySQL. Run `node dist/bench/decideCommands.js`, with `--json` for other programs.
 *
 * Like the engine it works in slices, each on a fresh state that holds only what the slice names.
 */
const workload = { skus: 1000, sliceCommands: 2000, slices: 100, rounds: 7, warmUpRounds: 2 };

const policy = {
  reservationTtlMs: 30 * 60_000,
  reservationTtlMsMax: 30 * 86_400_000,
  commandMemoryMs: 7 * 86_400_000,
};

/** What the database is for the engine: every stock item, with its pending reservations. */
const kept = new Map<string, StockItem>();

/** A fresh state with what the slice names: the levels and the reservations of its orders. */
function load(slice: readonly TimedCommand[]) {
  const state = emptyState(policy);
  for (const { command } of slice) {
    if (command.kind === 'ExpireDue') continue;
    const from = kept.get(itemKey(command.sku, command.location));
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
    const item = itemOf({ ...emptyState(policy), items: kept }, sku, location);
    item.level = level;
    for (const reservation of reservations.values()) {
      if (reservation.pending > 0) putReservation(item, reservation);
      else item.reservations.delete(reservation.orderId);
    }
  }
}

/** Runs a round of slices and returns the wall and the CPU seconds that folding them took. */
function runRound(stream: CommandStream) {
  let wallNs = 0n;
  let cpuMicros = 0;
  for (let index = 0; index < workload.slices; index++) {
    const slice = stream.take(workload.sliceCommands);
    const state = load(slice);
    const wallBefore = process.hrtime.bigint();
    const cpuBefore = process.cpuUsage();
    foldBatch(state, slice);
    const cpu = process.cpuUsage(cpuBefore);
    wallNs += process.hrtime.bigint() - wallBefore;
    cpuMicros += cpu.user + cpu.system;
    keep(state.items.values());
  }
  return { wallSeconds: Number(wallNs) / 1e9, cpuSeconds: cpuMicros / 1e6 };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

const stream = new CommandStream(workload.skus);
keep(foldStart().items.values());
for (let round = 0; round < workload.warmUpRounds; round++) runRound(stream);
const rounds = Array.from({ length: workload.rounds }, () => runRound(stream));

function foldStart() {
  const state = emptyState(policy);
  foldBatch(state, stream.openingStock());
  return state;
}

const commands = workload.sliceCommands * workload.slices;
const result = {
  ...workload,
  commandsPerSecond: Math.round(commands / median(rounds.map((round) => round.wallSeconds))),
  commandsPerCpuSecond: Math.round(commands / median(rounds.map((round) => round.cpuSeconds))),
};
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  const table = new Table({
    head: ['decide + evolve, one core', 'commands/s'],
    colAligns: ['left', 'right'],
  });
  table.push(['median by the clock', result.commandsPerSecond.toLocaleString('en')]);
  table.push(['median by CPU time', result.commandsPerCpuSecond.toLocaleString('en')]);
  process.stdout.write(`${table.toString()}\n`);
}
