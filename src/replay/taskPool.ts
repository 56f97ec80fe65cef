import type { Transferable } from 'node:worker_threads';
import { OperationalError } from '../ops/errors.ts';

/** What does one kind of tasks, in whatever thread. */
export interface TaskService<Task, Result> {
  /** `onProgress` is told how much more is done. */
  run(task: Task, onProgress: (count: number) => void): Promise<Result>;
  /** Memory of a result that goes to another thread instead of being copied. */
  transfers(result: Result): Transferable[];
  close(): Promise<void>;
}

/** What came of a task; an operational error of one does not end the others. */
export type Outcome<Result> = { result: Result } | { failure: OperationalError };

/** Does tasks, several at once or one by one. */
export interface TaskPool<Task, Result> {
  /**
   * Does tasks in their order and answers what came of each. `onProgress` is told how much more of
   * them is done. Throws what is no operational error.
   */
  run(tasks: readonly Task[], onProgress: (count: number) => void): Promise<Outcome<Result>[]>;
  close(): Promise<void>;
}

/** Does tasks in this thread, one by one: a thread takes longer to start than little work takes. */
export class LocalTasks<Task, Result> implements TaskPool<Task, Result> {
  readonly #service: TaskService<Task, Result>;

  constructor(service: TaskService<Task, Result>) {
    this.#service = service;
  }

  async run(
    tasks: readonly Task[],
    onProgress: (count: number) => void,
  ): Promise<Outcome<Result>[]> {
    const outcomes: Outcome<Result>[] = [];
    for (const task of tasks) {
      try {
        outcomes.push({ result: await this.#service.run(task, onProgress) });
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        outcomes.push({ failure: error });
      }
    }
    return outcomes;
  }

  close(): Promise<void> {
    return this.#service.close();
  }
}
