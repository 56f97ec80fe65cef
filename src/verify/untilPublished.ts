import { setTimeout as sleep } from 'node:timers/promises';
import { readCursors } from '../../producers/readCursors.ts';
import type { Progress } from '../storage/progress.ts';
import type { VerifyContext } from './verifyContext.ts';

/** A publisher that has died leaves its lane to others after a session timeout. */
const stillnessMs = 10_000;
const pollMs = 200;

/**
 * Publishers may be a moment behind: waits until all rows of the lane are on Kafka, or its
 * publisher stands still. Says whether they are; what is not there in the end, a comparison tells.
 */
export async function untilPublished(
  context: VerifyContext,
  { engine, lane, outboxSequence }: Progress,
): Promise<boolean> {
  if (outboxSequence === 0) return true;
  let published = -1;
  for (let movedAt = Date.now(); Date.now() - movedAt < stillnessMs; await sleep(pollMs)) {
    const cursor = (await readCursors(context, engine)).get(lane)?.sequence ?? 0;
    if (cursor > published) movedAt = Date.now();
    published = Math.max(published, cursor);
    if (published >= outboxSequence) return true;
  }
  return false;
}
