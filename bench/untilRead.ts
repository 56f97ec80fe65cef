import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from './benchError.ts';
import type { WorkerProcess } from './workerProcess.ts';

const silenceMsMax = 60_000;

/** Waits until so many outcomes were read. Throws when a process ends, or nothing comes. */
export async function untilRead(
  count: number,
  reader: { readonly events: number; readonly failure: Error | undefined },
  worker: WorkerProcess,
  show: (value: number) => void,
): Promise<void> {
  let last = -1;
  for (let since = Date.now(); reader.events < count; await sleep(20)) {
    worker.requireAlive();
    if (reader.failure) throw reader.failure;
    if (reader.events !== last) {
      last = reader.events;
      since = Date.now();
      show(last);
    } else if (Date.now() - since > silenceMsMax) {
      throw new BenchError(`no outcome for ${silenceMsMax / 1000} s, ${last} of ${count} read`);
    }
  }
}
