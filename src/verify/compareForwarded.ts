import { createConnection } from 'mysql2/promise';
import type { Topic } from '../messaging/topics.ts';
import { connectionOptions } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { readWholeOutbox } from '../storage/readLane.ts';
import type { Finding } from './findings.ts';
import { ForwardedTopic } from './forwardedTopic.ts';
import type { ReplayedLane } from './replayLanes.ts';
import { type VerifyContext, readPlain } from './verifyContext.ts';

/** Compares what an engine's lanes must have written into the other's log with what is there. */
export async function compareForwarded(
  context: VerifyContext,
  topic: Topic,
  lanes: readonly ReplayedLane[],
  kind: OutboxRow['kind'],
): Promise<Finding[]> {
  const forwarded = new ForwardedTopic(topic, lanes, kind);
  if (forwarded.isEmpty) return [];
  await readPlain(context, topic.name, (partition, records) => {
    forwarded.take(partition, records);
  });
  const surplus = forwarded.surplusLanes();
  if (surplus.size > 0) await allowLater(context, surplus, forwarded);
  return forwarded.end();
}

/** A command that comes again is answered again, also while this is being verified. */
async function allowLater(
  { settings }: VerifyContext,
  lanes: Iterable<ReplayedLane>,
  forwarded: ForwardedTopic,
): Promise<void> {
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    for (const { progress } of lanes) {
      const { engine, lane, outboxSequence } = progress;
      for await (const row of readWholeOutbox(connection, engine, lane, outboxSequence)) {
        forwarded.allow(row);
      }
    }
  } finally {
    await connection.end();
  }
}
