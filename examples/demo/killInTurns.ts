import type { Service } from './service.ts';

const lookMs = 50;

/**
 * Kills services with SIGKILL, one after the other in turns, `kills` times in all, spread over the
 * share of the day (0 to 1) that `shareDone` tells.
 */
export function killInTurns(
  services: readonly Service[],
  kills: number,
  shareDone: () => number,
): NodeJS.Timeout {
  let killed = 0;
  return setInterval(() => {
    if (killed >= kills || shareDone() < (killed + 0.5) / kills) return;
    services[killed % services.length]?.kill('SIGKILL');
    killed++;
  }, lookMs);
}
