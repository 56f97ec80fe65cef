import { cursorGroup } from '../messaging/kafkaNames.ts';
import { topicsOf } from '../messaging/topics.ts';
import type { EngineName } from '../storage/progress.ts';
import { readPublished } from '../storage/publications.ts';
import { openSnapshot } from '../verify/openSnapshot.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';

/**
 * Last sequence by lane that publishers claim to have published, as they themselves read it when
 * they take a lane over: nobody publishes what is up to there.
 */
export async function readPublishedSequences(
  { settings, admin, topics }: VerifyContext,
  engine: EngineName,
): Promise<Map<number, number>> {
  const topic = topicsOf(topics, engine).output.name;
  const groupId = cursorGroup(settings, engine);
  const [cursors] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const published = new Map<number, number>();
  const reader = await openSnapshot(settings);
  try {
    for (const { partition, offset } of cursors?.partitions ?? []) {
      const noted = await readPublished(reader, engine, partition);
      published.set(partition, Math.max(Number(offset), noted));
    }
    return published;
  } finally {
    await reader.end();
  }
}
