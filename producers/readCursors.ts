import type { Admin } from 'kafkajs';
import type { Settings } from '../src/config/settings.ts';
import { cursorGroup } from '../src/messaging/kafkaNames.ts';
import { type TopicRegistry, topicsOf } from '../src/messaging/topics.ts';
import type { EngineName } from '../src/storage/progress.ts';

/** Where publishing of a lane is, as Kafka says. */
export interface KafkaCursor {
  /** Last sequence that is on Kafka; 0 when Kafka knows none. */
  sequence: number;
  /** Transactional id of the producer that moved it there, where it is known. */
  publisher: string | undefined;
}

/** What reading needs. */
interface CursorSources {
  admin: Admin;
  settings: Settings;
  topics: TopicRegistry;
}

/**
 * The cursors of an engine's lanes, which the group that nobody joins has, by lane. Throws kafkajs'
 * errors.
 */
export async function readCursors(
  { admin, settings, topics }: CursorSources,
  engine: EngineName,
): Promise<Map<number, KafkaCursor>> {
  const topic = topicsOf(topics, engine).output.name;
  const groupId = cursorGroup(settings, engine);
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(
    (found?.partitions ?? []).map(({ partition, offset, metadata }) => {
      const publisher = metadata === '' ? undefined : (metadata ?? undefined);
      return [partition, { sequence: Math.max(0, Number(offset)), publisher }];
    }),
  );
}
