import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** Longest time for which a loop that is late sends without letting anything else happen. */
const busyMsMax = 5;

/**
 * Calls `send` at fixed times, whatever became of the calls before: number and due time, by
 * `performance.now()`. A reader that counts from the due time leaves no waiting out.
 */
export async function openLoop(
  perSecond: number,
  count: number,
  send: (number: number, due: number) => void,
): Promise<void> {
  const begun = performance.now();
  let rested = begun;
  for (let number = 0; number < count; number++) {
    const due = begun + (number * 1000) / perSecond;
    // Timers count in whole milliseconds and can fire a little early: nothing goes before its time.
    for (let early = due - performance.now(); early > 0; early = due - performance.now()) {
      await sleep(Math.ceil(early));
      rested = performance.now();
    }
    send(number, due);
    if (performance.now() - rested < busyMsMax) continue;
    await turn();
    rested = performance.now();
  }
}
