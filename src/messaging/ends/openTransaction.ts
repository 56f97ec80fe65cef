import type { AskedBroker, AskedCluster } from './logEndReader.ts';
import { describeProducers, listTransactions } from './transactionProtocols.ts';

/** A transaction that somebody has begun and not ended. */
export interface OpenTransaction {
  /** Decimal, as Kafka's own tools print it. */
  producerId: string;
  /** Null when no coordinator tells: that takes the right to describe it. */
  transactionalId: string | null;
  /** When its producer appended last, by the broker's clock, in ms since 1970. */
  lastAppend: number;
}

/** The transaction that began at this offset of a partition, as leader and coordinators tell. */
export async function findOpenTransaction(
  cluster: AskedCluster,
  topic: string,
  partition: number,
  offset: number,
): Promise<OpenTransaction | undefined> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) return undefined;
  const leader = await cluster.findBroker({ nodeId });
  const producers = await ask(leader, describeProducers(topic, partition));
  const found = producers?.find(({ transactionStart }) => transactionStart === offset);
  if (!found) return undefined;
  const { producerId, lastAppend } = found;
  return { producerId, transactionalId: await idOf(cluster, producerId), lastAppend };
}

/** Its coordinator is one of all brokers; the others answer with nothing. */
async function idOf(cluster: AskedCluster, producerId: string): Promise<string | null> {
  for (const nodeId of cluster.getNodeIds()) {
    const broker = await cluster.findBroker({ nodeId }).catch(() => undefined);
    const [found] = (broker && (await ask(broker, listTransactions(producerId)))) ?? [];
    if (found !== undefined) return found;
  }
  return null;
}

/** Undefined where the broker is too old for the question. */
async function ask<Answer>(
  broker: AskedBroker,
  protocol: { request: { apiKey: number }; response: { parse(decoded: Answer): Promise<Answer> } },
): Promise<Answer | undefined> {
  if (!broker.versions[protocol.request.apiKey]) return undefined;
  return (await broker.connectionPool.send(protocol)) as Answer;
}
