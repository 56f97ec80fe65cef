import { Listr, ListrLogLevels, type ListrTask } from 'listr2';
import { messageOf } from '../src/ops/errors.ts';
import type { Progress } from './progress.ts';

export interface Step {
  title: string;
  /** Answers in words what was done. */
  work: (progress: Progress) => Promise<string>;
}

// Without this, an environment with CI or FORCE_COLOR would have the colours in its log files.
const noColors = Object.fromEntries(
  Object.values(ListrLogLevels).map((level) => [level, (text?: string) => text ?? '']),
);

/**
 * Runs steps at the same time and shows what they do, unless `silent`: live on a terminal, line
 * by line elsewhere. Each runs to its end; then the first error is thrown.
 */
export async function runSteps(steps: Step[], silent: boolean): Promise<void> {
  const errors = new Map<string, unknown>();
  const tasks = steps.map(({ title, work }): ListrTask => {
    return {
      title,
      task: async (_, task) => {
        try {
          task.title = await work((message) => (task.output = `${title}: ${message}`));
        } catch (error) {
          const message = messageOf(error);
          // Several servers may lack the same thing: it is told once.
          if (errors.has(message)) return task.skip('for the same reason');
          errors.set(message, error);
          throw new Error(message.split('\n')[0], { cause: error });
        }
      },
    };
  });
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    renderer: silent ? 'silent' : 'default',
    fallbackRenderer: 'simple',
    // A terminal without a width would get one letter a line.
    fallbackRendererCondition: () =>
      !silent && !(process.stdout.isTTY && process.stdout.columns > 0),
    rendererOptions: { collapseErrors: false, collapseSkips: false },
    fallbackRendererOptions: { color: noColors },
  });
  await list.run();
  for (const error of errors.values()) throw error;
}
