import { type Transferable, parentPort } from 'node:worker_threads';
import { OperationalError, invariant, messageOf } from '../ops/errors.ts';
import type { TaskService } from './taskPool.ts';

const tellEveryMs = 200;

/** What a thread answers: how much of a task it has done, what came of it, or why nothing did. */
export type ThreadAnswer<Result> =
  | { progress: number }
  | { result: Result }
  | { code: string | null; message: string; hint: string; stack: string };

/** Serves the tasks of a `ThreadPool`; `open` is called when the first one comes. */
export function serveThread<Task, Result>(open: () => Promise<TaskService<Task, Result>>): void {
  const port = parentPort;
  invariant(port, 'this file is the program of a thread');
  const answer = (message: ThreadAnswer<Result>, transfers: Transferable[] = []) =>
    port.postMessage(message, transfers);
  let opened: Promise<TaskService<Task, Result>> | undefined;
  port.on('message', (task: Task) => {
    opened ??= open();
    opened
      .then(async (service) => {
        const progress = counted((count) => answer({ progress: count }));
        const result = await service.run(task, progress.add);
        progress.tell();
        answer({ result }, service.transfers(result));
      })
      .catch((error: unknown) => {
        const code = error instanceof OperationalError ? error.code : null;
        const hint = error instanceof OperationalError ? error.hint : '';
        const stack = String(error instanceof Error ? error.stack : error);
        answer({ code, message: messageOf(error), hint, stack });
      });
  });
}

/** Adds up counts and tells them a few times a second. */
function counted(tell: (count: number) => void) {
  let [sum, toldAt] = [0, performance.now()];
  const tellNow = () => {
    tell(sum);
    [sum, toldAt] = [0, performance.now()];
  };
  return {
    add: (count: number) => {
      sum += count;
      if (performance.now() - toldAt >= tellEveryMs) tellNow();
    },
    tell: tellNow,
  };
}
