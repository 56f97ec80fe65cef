import { fileURLToPath } from 'node:url';
import { differences } from '../checkReserved.ts';
import { drainSide } from '../drainSide.ts';
import { OutcomeReader } from '../outcomeReader.ts';
import { commandsOf, sendCommands } from '../preload.ts';
import type { Side } from '../side.ts';
import type { Workload } from '../workload.ts';

const program = fileURLToPath(new URL('./kafkaFloorProgram.js', import.meta.url));

/** Kafka alone: reads the commands, writes the messages that onhand would write; no database. */
export const kafkaFloorSide: Side = drainSide<Workload, OutcomeReader>({
  name: 'Kafka alone',
  program: ({ name, orders }) => [program, name, String(orders.length)],
  answers: ({ orders, skus }) => orders.length + skus.length,
  preload: (at, work, show) => sendCommands(at, commandsOf(work), show),
  openReader: (at) => OutcomeReader.open(at),
  check: (_, { orders, skus, grantable }, { events, breaks, granted }) => {
    const faults = differences([
      ['events', events, orders.length + skus.length],
      ['breaks of a sequence', breaks, 0],
      ['granted', granted, grantable],
    ]);
    return Promise.resolve({ oversold: Math.max(0, granted - grantable), faults });
  },
});
