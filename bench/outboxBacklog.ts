import { differences } from './checkReserved.ts';
import { outboxRig } from './outboxRig.ts';
import type { ProgressView } from './progressView.ts';
import { untilRead } from './untilRead.ts';

const sliceCommands = 1000;

/** Publishes so many events that wait in the table. Receipts of their stock come on top. */
export async function outboxBacklog(
  orders: number,
  view: ProgressView,
): Promise<{ seconds: number; faults: string[] }> {
  const rig = await outboxRig(orders, sliceCommands);
  let written = 0;
  for (const writer of rig.writers) {
    while (!writer.isDone) written += (await writer.writeNext()).length;
  }
  const begun = performance.now();
  for (const writer of rig.writers) rig.publish(writer);
  await untilRead(written, rig.reader, [], view.bar('outbox', written));
  view.endBar();
  const seconds = (rig.reader.lastAt - begun) / 1000;
  const faults = differences([
    ['events', rig.reader.events, written],
    ['breaks of a sequence', rig.reader.breaks, 0],
  ]);
  await rig.close();
  return { seconds, faults: faults.map((fault) => `outbox: ${fault}`) };
}
