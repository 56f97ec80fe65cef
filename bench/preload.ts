import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { AskingCommand, ReceiveStock, ReserveStock } from '../src/domain/commands.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import type { Workload } from './workload.ts';

const sendBatch = 5000;

/** A reservation of one unit for an order of its own; of the usual life unless one is given. */
export function reserveOne(
  sku: string,
  number: number,
  ttlSeconds: number | null = null,
): ReserveStock {
  const open = { minimum: null, expiresAt: null, ttlSeconds };
  const ids = { commandId: `reserve-${number}`, orderId: `order-${number}` };
  return { kind: 'ReserveStock', ...ids, sku, location: 'main', quantity: 1, ...open };
}

/** The receipt of the stock that a workload begins with. */
export function receiveAll({ skus, stock }: Pick<Workload, 'skus' | 'stock'>): ReceiveStock[] {
  return skus.map((sku, index) => {
    const commandId = `receive-${index}`;
    return { kind: 'ReceiveStock', commandId, sku, location: 'main', quantity: stock[index] ?? 1 };
  });
}

/** Every command of a workload, receipts first. */
export function* commandsOf(workload: Workload): Generator<AskingCommand> {
  yield* receiveAll(workload);
  const { orders, skus } = workload;
  for (const [number, sku] of orders.entries()) yield reserveOne(skus[sku] ?? '', number);
}

/** Puts commands on their topic, in order. `onSent` is told the total. */
export async function sendCommands(
  { settings, logger }: Pick<BenchInstallation, 'settings' | 'logger'>,
  commands: Iterable<AskingCommand>,
  onSent: (commands: number) => void = () => undefined,
): Promise<void> {
  const producer = new StockCommandProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  let sent = 0;
  let batch: AskingCommand[] = [];
  const send = async () => {
    await producer.send(batch);
    onSent((sent += batch.length));
    batch = [];
  };
  for (const command of commands) {
    batch.push(command);
    if (batch.length === sendBatch) await send();
  }
  if (batch.length > 0) await send();
  await disconnect();
}
