import { setTimeout as sleep } from 'node:timers/promises';

const lookMs = 50;

/**
 * Makes strikes, one after the other in turns, `kills` times in all, each at a random moment of its
 * part of the day, of which `shareDone` (0 to 1) tells. To be called at the end of the day: rejects
 * with the error of a strike that failed.
 */
export function killInTurns(
  strikes: readonly (() => void | Promise<void>)[],
  kills: number,
  shareDone: () => number,
): () => Promise<void> {
  let isOver = false;
  const strikeAll = async () => {
    for (let killed = 0; killed < kills; killed++) {
      const moment = (killed + Math.random()) / kills;
      while (!isOver && shareDone() < moment) await sleep(lookMs);
      if (isOver) return;
      await strikes[killed % strikes.length]?.();
    }
  };
  const striking = strikeAll();
  striking.catch(() => undefined);
  return () => {
    isOver = true;
    return striking;
  };
}
