import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import type { Logger } from '../src/ops/logger.ts';
import { appendedEnds } from './appendedEnds.ts';

const pollMs = 20;

/**
 * Waits until no transaction is open any more that has written to a topic before the call: what was
 * committed by then can be read. Says whether that came about in time; without one it waits on.
 */
export async function untilVisible(
  { settings, logger, admin }: { settings: ClientSettings; logger: Logger; admin: Admin },
  topic: string,
  timeoutMs = Infinity,
): Promise<boolean> {
  const ends = await appendedEnds(createKafka(settings, 'onhand-reader', logger), topic);
  for (const begun = performance.now(); ; await sleep(pollMs)) {
    const visible = await admin.fetchTopicOffsets(topic);
    const isPast = ({ partition, high }: (typeof visible)[number]) =>
      Number(high) >= (ends.get(partition) ?? 0);
    if (visible.every(isPast)) return true;
    if (performance.now() - begun > timeoutMs) return false;
  }
}
