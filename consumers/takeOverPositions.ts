import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { OperationalError } from '../src/ops/errors.ts';

const triesMax = 20;
const retryMs = 500;

/** The offsets that a group has committed of a topic, by partition. Throws kafkajs' errors. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<Map<number, number>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = (found?.partitions ?? []).map(({ partition, offset }) => {
    return [partition, Number(offset)] as const;
  });
  // Kafka says −1 where there is none.
  return new Map(offsets.filter(([, offset]) => offset >= 0));
}

/**
 * Gives a group the positions that another name of it has, unless it has some of its own: older
 * releases took a given name without the prefix. Before the first member joins. Answers how many
 * partitions were taken over. Throws kafkajs' errors.
 */
export async function takeOverPositions(
  admin: Admin,
  settings: ClientSettings,
  { topic, from, to }: { topic: string; from: string; to: string },
): Promise<number> {
  if (from === to || (await committedOffsets(admin, to, topic)).size > 0) return 0;
  const held = await committedIfAllowed(admin, settings, from, topic);
  if (held.size === 0) return 0;
  const partitions = [...held].map(([partition, offset]) => ({
    partition,
    offset: String(offset),
  }));
  for (let tries = 1; ; tries++) {
    try {
      await admin.setOffsets({ groupId: to, topic, partitions });
      return held.size;
    } catch (error) {
      // Another reader of the group does the same at this moment, or has done it and joined.
      if ((await committedOffsets(admin, to, topic)).size > 0) return 0;
      if (tries === triesMax) throw error;
      await sleep(retryMs);
    }
  }
}

/** A user who may nothing outside the prefix has never committed under the bare name. */
async function committedIfAllowed(
  admin: Admin,
  settings: ClientSettings,
  groupId: string,
  topic: string,
): Promise<Map<number, number>> {
  try {
    return await committedOffsets(admin, groupId, topic);
  } catch (error) {
    const known = toOperationalError(error, settings);
    if (known instanceof OperationalError && known.code === 'KAFKA_FORBIDDEN') return new Map();
    throw error;
  }
}
