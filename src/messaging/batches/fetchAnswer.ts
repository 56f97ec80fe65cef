import type { BatchRecord } from './batchRecords.ts';
import { ByteReader } from './byteReader.ts';

/** A fetch's answer as kafkajs gives it. */
export interface FetchAnswer {
  throttleTime: number;
  clientSideThrottleTime?: number;
  errorCode?: number;
  responses: { topicName: string; partitions: PartitionAnswer[] }[];
}

interface PartitionAnswer {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset: string;
  lastStartOffset?: string;
  abortedTransactions: { producerId: string; firstOffset: string }[];
  messages: BatchRecord[];
}

/** Reads what a broker answered for one partition. */
type ReadMessages = (bytes: Buffer) => Promise<BatchRecord[]>;

/** Versions of Kafka's Fetch that kafkajs speaks and that have batches; older ones it decodes. */
export const fetchVersions = { first: 4, last: 11 } as const;

/** Decodes the answer to a Fetch request of one of these versions. */
export async function readFetchAnswer(
  bytes: Buffer,
  version: number,
  readMessages: ReadMessages,
): Promise<FetchAnswer> {
  const reader = new ByteReader(bytes);
  const throttleTime = reader.int32();
  const session = version >= 7 ? { errorCode: reader.int16(), sessionId: reader.int32() } : {};
  const responses: FetchAnswer['responses'] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = String(reader.bytes(reader.int16()));
    const partitions: PartitionAnswer[] = [];
    for (let count = reader.int32(); count > 0; count--) {
      partitions.push(await readPartition(reader, version, readMessages));
    }
    responses.push({ topicName, partitions });
  }
  // From version 8 on the client throttles itself, after the answer.
  if (version < 8) return { throttleTime, ...session, responses };
  return { throttleTime: 0, clientSideThrottleTime: throttleTime, ...session, responses };
}

async function readPartition(
  reader: ByteReader,
  version: number,
  readMessages: ReadMessages,
): Promise<PartitionAnswer> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  const logStart = version >= 5 ? { lastStartOffset: String(reader.int64()) } : {};
  const abortedTransactions: PartitionAnswer['abortedTransactions'] = [];
  for (let count = reader.int32(); count > 0; count--) {
    const producerId = String(reader.int64());
    abortedTransactions.push({ producerId, firstOffset: String(reader.int64()) });
  }
  const replica = version >= 11 ? { preferredReadReplica: reader.int32() } : {};
  const bytes = reader.bytes(Math.max(0, reader.int32()));
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    ...logStart,
    abortedTransactions,
    ...replica,
    messages: await readMessages(bytes),
  };
}
