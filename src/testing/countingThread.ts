import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { OperationalError } from '../ops/errors.ts';
import { serveThread } from '../replay/serveThread.ts';

const { greeting } = workerData as { greeting: string };

// The program of a thread that does what its tasks are named after.
serveThread<string, string>(() =>
  Promise.resolve({
    run: async (task, onProgress) => {
      onProgress(2);
      if (task === 'slow') await sleep(300);
      if (task === 'broken') throw new TypeError('a bug');
      if (task === 'refused') {
        throw new OperationalError('LOG_CUT', task, { hint: 'do something' });
      }
      if (task === 'ended') process.exit();
      return `${greeting} ${task}`;
    },
    transfers: () => [],
    close: () => Promise.resolve(),
  }),
);
