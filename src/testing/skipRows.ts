import { cursorGroup } from '../messaging/kafkaNames.ts';
import { topicsOf } from '../messaging/topics.ts';
import { type EngineName, readProgress } from '../storage/progress.ts';
import type { TestInstallation } from './testInstallation.ts';

/**
 * Makes a lane's publisher believe that the next rows of its outbox are on Kafka already, as a
 * transaction that commits its cursor without its records does: nobody will ever send them. No
 * processor may run. Returns the sequences of the rows.
 */
export async function skipRows(
  { settings, admin, topics, pool }: TestInstallation,
  engine: EngineName,
  lane: number,
  count: number,
): Promise<number[]> {
  const last = (await readProgress(pool, engine, lane))?.outboxSequence ?? 0;
  await admin.setOffsets({
    groupId: cursorGroup(settings, engine),
    topic: topicsOf(topics, engine).output.name,
    partitions: [{ partition: lane, offset: String(last + count) }],
  });
  return Array.from({ length: count }, (_, index) => last + 1 + index);
}
