import { setTimeout as sleep } from 'node:timers/promises';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { topicsOf } from '../messaging/topics.ts';
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
  { settings, admin, topics }: VerifyContext,
  { engine, lane, outboxSequence }: Progress,
): Promise<boolean> {
  if (outboxSequence === 0) return true;
  const topic = topicsOf(topics, engine).output.name;
  const groupId = cursorGroup(settings, engine);
  let published = -1;
  for (let movedAt = Date.now(); Date.now() - movedAt < stillnessMs; await sleep(pollMs)) {
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const cursor = offsets?.partitions.find(({ partition }) => partition === lane)?.offset;
    if (Number(cursor ?? -1) > published) movedAt = Date.now();
    published = Math.max(published, Number(cursor ?? -1));
    if (published >= outboxSequence) return true;
  }
  return false;
}
