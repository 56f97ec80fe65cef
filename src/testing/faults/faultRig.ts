import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../../config/settings.ts';
import { settingsEnv } from '../settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testInstallation.ts';
import { CommandLoad } from './commandLoad.ts';
import { expectExact } from './expectExact.ts';
import { Worker } from './worker.ts';

/** True in `npm run chaos`; otherwise the fault tests do as much as fits into every test run. */
export const isFullChaos = process.env.ONHAND_CHAOS === 'full';

/** A test of `npm run chaos` alone. */
export function itInFull(title: string, run: Mocha.AsyncFunc): void {
  if (isFullChaos) it(title, run);
}

const drainWaitMs = 120_000;

/** An installation whose workers are processes of their own, under a load that never rests. */
export interface FaultRig extends TestInstallation {
  /** Starts `onhand run`; `more` overrides settings, `fault` is as ONHAND_FAULT takes it. */
  newWorker(fault?: string, more?: Partial<Settings>): Worker;
  startLoad(): CommandLoad;
  /** The stock engine's progress rows, by lane. */
  progress(): Promise<ProgressRow[]>;
  /**
   * Ends the load, lets living workers (or a new one) apply all that was sent, ends them, then has
   * both readers look at what is left: nothing lost, doubled or out of order.
   */
  expectExact(): Promise<void>;
  close(): Promise<void>;
}

export interface ProgressRow {
  lane: number;
  nextOffset: number;
  epoch: number;
  owner: string;
}

export async function faultRig(overrides: Partial<Settings> = {}): Promise<FaultRig> {
  const onhand = await testInstallation(overrides);
  const workers: Worker[] = [];
  const loads: CommandLoad[] = [];
  const newWorker: FaultRig['newWorker'] = (fault, more = {}) => {
    const worker = new Worker(settingsEnv({ ...onhand.settings, ...more }), fault);
    workers.push(worker);
    return worker;
  };
  const endAll = async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await Promise.all(workers.map((worker) => worker.kill()));
  };
  return {
    ...onhand,
    newWorker,
    startLoad: () => {
      const load = new CommandLoad(onhand.settings, loads.length + 1);
      loads.push(load);
      return load;
    },
    progress: async () => {
      const [rows] = await onhand.pool.query<(RowDataPacket & ProgressRow)[]>(
        `SELECT lane, next_offset AS nextOffset, epoch, owner FROM progress
         WHERE engine = 'stock' ORDER BY lane`,
      );
      return rows;
    },
    expectExact: async () => {
      await Promise.all(loads.map((load) => load.stop()));
      if (!workers.some(({ isAlive }) => isAlive)) newWorker();
      try {
        await untilSettled(onhand);

        await Promise.all(workers.filter(({ isAlive }) => isAlive).map((worker) => worker.stop()));
        await expectExact(onhand, loads);
      } catch (error) {
        const words = workers.slice(-3).map((worker) => worker.lastWords());
        throw new Error([String(error), ...words].join('\n'), { cause: error });
      }
    },
    close: async () => {
      await endAll();
      await onhand.close();
    },
  };
}

/** A broker that has just been started refuses to tell of groups for a while. */
export async function untilSettled(onhand: TestInstallation): Promise<void> {
  for (const deadline = Date.now() + drainWaitMs; ; await sleep(500)) {
    try {
      return await onhand.settled(drainWaitMs);
    } catch (error) {
      // kafkajs throws a TypeError when a partition that it asks for has no leader just then.
      const passes = ['KafkaJSProtocolError', 'TypeError'].includes((error as Error).name);
      if (!passes || Date.now() > deadline) throw error;
    }
  }
}
