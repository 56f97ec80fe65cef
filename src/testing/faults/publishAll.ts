import { OutboxPublisher } from '../../../producers/outboxPublisher.ts';
import { Metrics } from '../../ops/metrics.ts';
import { readProgress } from '../../storage/progress.ts';
import { silentLogger } from '../kafkaFixture.ts';
import type { TestInstallation } from '../testInstallation.ts';
import { waitUntil } from '../waitUntil.ts';

/** Publishes what is left in the outbox, for when no worker is able to start any more. */
export async function publishAll(installation: TestInstallation): Promise<void> {
  const { pool, settings } = installation;
  const context = { ...installation, logger: silentLogger, metrics: new Metrics() };
  const publisher = new OutboxPublisher(context, 'stock');
  for (let lane = 0; lane < settings.ONHAND_PARTITIONS; lane++) {
    const claim = await readProgress(pool, 'stock', lane);
    if (!claim) continue;
    const published = publisher.open(claim);
    const isDone = () => (published.cursor ?? -1) >= claim.outboxSequence;
    await waitUntil(`the outbox of lane ${lane} on Kafka`, isDone, 60_000);
  }
  await publisher.stop();
}
