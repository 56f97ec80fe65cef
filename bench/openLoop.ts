import { setTimeout as sleep } from 'node:timers/promises';

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
  for (let number = 0; number < count; number++) {
    const due = begun + (number * 1000) / perSecond;
    // Timers count in whole milliseconds and can fire a little early: nothing goes before its time.
    for (let early = due - performance.now(); early > 0; early = due - performance.now()) {
      await sleep(Math.ceil(early));
    }
    send(number, due);
  }
}
