import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition holds; fails after `timeoutMs` naming what it waited for. The limit is
 * for what never comes: a slow machine may take ten times as long as a fast one.
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 55_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await sleep(20);
  }
}
