import type { Admin } from 'kafkajs';
import type { Settings } from '../config/settings.ts';
import { consumerGroup } from '../messaging/kafkaNames.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';

/** By engine: members of its group, which are processors that live. */
export type ProcessorCounts = Record<EngineName, number>;

/**
 * How many processors work for each engine, as Kafka's groups count them: one that was killed is
 * in there until its session is over (ONHAND_SESSION_TIMEOUT_SECONDS). Throws kafkajs' errors.
 */
export async function countProcessors(admin: Admin, settings: Settings): Promise<ProcessorCounts> {
  const ids = engineNames.map((engine) => consumerGroup(settings, engine));
  const { groups } = await admin.describeGroups(ids);
  const counts = engineNames.map((engine, at) => {
    const group = groups.find(({ groupId }) => groupId === ids[at]);
    return [engine, group?.members.length ?? 0] as const;
  });
  return Object.fromEntries(counts) as ProcessorCounts;
}
