import type { LogEnd } from './logEndReader.ts';
import type { OpenTransaction } from './openTransaction.ts';

/** What holds a lane up and what to do about it, for people. */
export function openTransactionText(
  { topic, lane, end, stable }: LogEnd & { topic: string; lane: number },
  transaction: OpenTransaction | undefined,
): { reason: string; hint: string } {
  const records = `${(end - stable).toLocaleString('en')} records`;
  return {
    reason:
      `${records} of ${topic}/${lane} wait from offset ${stable} on for the end of a transaction ` +
      `of ${senderOf(transaction)}`,
    hint:
      'Start its sender again under the same transactional id, or end it with Kafka’s tool: ' +
      `kafka-transactions.sh abort --topic ${topic} --partition ${lane} --start-offset ${stable}`,
  };
}

function senderOf(transaction: OpenTransaction | undefined): string {
  if (!transaction) return 'an unknown sender';
  const { producerId, transactionalId } = transaction;
  const id =
    transactionalId === null ? '' : `, transactional id ${JSON.stringify(transactionalId)}`;
  return `producer id ${producerId}${id}`;
}
