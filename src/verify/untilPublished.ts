import { setTimeout as sleep } from 'node:timers/promises';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { topicsOf } from '../messaging/topics.ts';
import type { EngineName } from '../storage/progress.ts';
import type { ReplayedLane } from './replayLanes.ts';
import type { VerifyContext } from './verifyContext.ts';

const publishWaitMs = 30_000;

/** Publishers may be a moment behind. What is not there in the end, the comparison tells. */
export async function untilPublished(
  { settings, admin, topics }: VerifyContext,
  engine: EngineName,
  lanes: readonly ReplayedLane[],
): Promise<void> {
  const topic = topicsOf(topics, engine).output.name;
  const groupId = cursorGroup(settings, engine);
  for (const deadline = Date.now() + publishWaitMs; Date.now() < deadline; await sleep(200)) {
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const behind = lanes.some(({ progress: { lane, outboxSequence } }) => {
      const cursor = offsets?.partitions.find(({ partition }) => partition === lane)?.offset;
      return Number(cursor ?? -1) < outboxSequence && outboxSequence > 0;
    });
    if (!behind) return;
  }
}
