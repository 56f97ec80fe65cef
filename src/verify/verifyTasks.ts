import type { Transferable } from 'node:worker_threads';
import type { Settings } from '../config/settings.ts';
import { explainedError } from '../replay/explainedError.ts';
import type { TaskService } from '../replay/taskPool.ts';
import { openVerifyContext } from './verifyContext.ts';
import { type ForwardedReport, type ForwardedTask, verifyForwarded } from './verifyForwarded.ts';
import { type LaneReport, type LaneTask, verifyLane } from './verifyLane.ts';

/** What is verified at a time: a lane, or what lanes have written into another log. */
export type VerifyTask = LaneTask | ForwardedTask;
export type VerifyReport = LaneReport | ForwardedReport;

/** Connects to Kafka and verifies what it is given. Throws KAFKA_*. */
export async function openVerifyTasks(
  settings: Settings,
): Promise<TaskService<VerifyTask, VerifyReport>> {
  const context = await openVerifyContext(settings);
  return {
    run: async (task, onProgress): Promise<VerifyReport> => {
      try {
        if ('partition' in task) return await verifyForwarded(context, task);
        return await verifyLane(context, task, onProgress);
      } catch (error) {
        throw explainedError(error, settings);
      }
    },
    transfers: (report) => {
      if (!('forwarded' in report)) return [];
      return [...report.forwarded.values()].flatMap((rows) => {
        return Object.values(rows).map(({ buffer }: Float64Array) => buffer as Transferable);
      });
    },
    close: () => context.close(),
  };
}
