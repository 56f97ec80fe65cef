import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from './benchError.ts';

const silenceMsMax = 60_000;

/** Reads answers and counts them. */
export interface AnswerReader {
  readonly granted: number;
  readonly refused: number;
  readonly events: number;
  /** When the latest was read, by `performance.now()`. */
  readonly lastAt: number;
  readonly failure: Error | undefined;
  close(): Promise<void>;
}

/** Waits until so many answers were read. Throws when a process ends, or nothing comes. */
export async function untilRead(
  count: number,
  reader: Pick<AnswerReader, 'events' | 'failure'>,
  workers: readonly { requireAlive(): void }[],
  show: (value: number) => void = () => undefined,
): Promise<void> {
  let last = -1;
  for (let since = Date.now(); reader.events < count; await sleep(20)) {
    for (const worker of workers) worker.requireAlive();
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
