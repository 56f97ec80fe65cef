import { OutboxPublisher } from '../producers/outboxPublisher.ts';
import type { PublishedLane } from '../producers/publishedLane.ts';
import { Metrics } from '../src/ops/metrics.ts';
import { openDatabase } from '../src/storage/database.ts';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import { foldedLanes } from './floors/foldedLanes.ts';
import { FoldedWriter } from './floors/foldedWriter.ts';
import { OutcomeReader } from './outcomeReader.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { makeWorkload } from './workload.ts';

/** As many lanes as the relays have that it is compared with. */
const partitions = 4;

/** Lanes with their rows decided beforehand, publishers for them, and a reader of the events. */
export interface OutboxRig {
  at: BenchInstallation;
  writers: FoldedWriter[];
  reader: OutcomeReader;
  /** Begins to publish for a lane, as a processor does for each of its lanes. */
  publish(writer: FoldedWriter): PublishedLane;
  close(): Promise<void>;
}

/** Reservations on 1,000 SKUs; so many of them make a slice. */
export async function outboxRig(
  orders: number,
  sliceCommands: number,
  onEvent?: (event: PublishedStockEvent) => void,
): Promise<OutboxRig> {
  const at = await benchInstallation({
    ONHAND_PARTITIONS: String(partitions),
    ONHAND_SLICE_COMMANDS_MAX: String(sliceCommands),
  });
  const { settings } = at;
  const pool = openDatabase(settings, 'app', 2 * partitions);
  const endPool = onCleanUp(() => pool.end());
  const lanes = foldedLanes(makeWorkload('spread', orders), settings);
  const writers = await Promise.all(lanes.map((lane) => FoldedWriter.claim(pool, lane)));
  const reader = await OutcomeReader.open(at, onEvent);
  const context = { ...at, pool, metrics: new Metrics() };
  const publisher = new OutboxPublisher(context, 'stock');
  const stopPublisher = onCleanUp(() => publisher.stop());
  return {
    at,
    writers,
    reader,
    publish: (writer) => publisher.open(writer.progress),
    close: async () => {
      await stopPublisher();
      await reader.close();
      await endPool();
      await at.close();
    },
  };
}
