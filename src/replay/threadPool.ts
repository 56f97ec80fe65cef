import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../ops/errorCodes.ts';
import { OperationalError } from '../ops/errors.ts';
import type { ThreadAnswer } from './serveThread.ts';
import type { Outcome, TaskPool } from './taskPool.ts';

/**
 * For the same reason as in `onhandProgram`, but less: each thread has its own. Two of them verify
 * a million records with 24 MiB at 53,000 to 59,000 a second in 390 to 405 MiB, with 48 at 54,000
 * to 64,000 in 415 to 447, with 96 at 61,000 to 67,000 in 481 to 498.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 1920 };

/** Does tasks in threads of their own, which live until the pool is closed. */
export class ThreadPool<Task, Result> implements TaskPool<Task, Result> {
  readonly #workers: Worker[];

  /** `file` serves the tasks: see `serveThread`; `data` is what each thread is told first. */
  constructor(file: string, data: unknown, threads: number) {
    // The flag of the process would go before the limits of its threads.
    setFlagsFromString('--max-semi-space-size=0');
    this.#workers = Array.from({ length: threads }, () => {
      return new Worker(file, { workerData: data, resourceLimits });
    });
  }

  async run(
    tasks: readonly Task[],
    onProgress: (count: number) => void,
  ): Promise<Outcome<Result>[]> {
    const outcomes: Outcome<Result>[] = [];
    const waiting = [...tasks.entries()];
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [place, task] = next;
          outcomes[place] = await answerOf<Task, Result>(worker, task, onProgress);
        }
      }),
    );
    return outcomes;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function answerOf<Task, Result>(
  worker: Worker,
  task: Task,
  onProgress: (count: number) => void,
): Promise<Outcome<Result>> {
  return new Promise((resolve, reject) => {
    const onExit = () => finish(() => reject(new Error('a thread ended before its task')));
    const onError = (error: Error) => finish(() => reject(error));
    const onMessage = (answer: ThreadAnswer<Result>) => {
      if ('progress' in answer) onProgress(answer.progress);
      else if ('result' in answer) finish(() => resolve(answer));
      else if (answer.code === null) {
        finish(() => reject(Object.assign(new Error(answer.message), { stack: answer.stack })));
      } else {
        const { code, message, hint } = answer;
        const failure = new OperationalError(code as ErrorCode, message, { hint });
        finish(() => resolve({ failure }));
      }
    };
    const finish = (settle: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(task);
  });
}
