/** The records of one partition in a send, as kafkajs hands them over. */
export interface PartitionRecords {
  partition: number;
  messages: unknown[];
  /** Number of the first record in the producer's sequence for this partition; 0 without one. */
  firstSequence?: number;
}

/** What kafkajs asks of a broker for a send. */
export interface ProduceRequest {
  topicData: { topic: string; partitions: PartitionRecords[] }[];
  /** 0 when no answer is wanted. */
  acks: number;
  transactionalId?: string;
  /** −1, as a number or kafkajs' Long, without idempotence. */
  producerId: { toString(): string };
  producerEpoch: number;
}

/** What the broker says of one partition. */
export interface PartitionAnswer {
  partition: number;
  errorCode: number;
  baseOffset: string;
}

export interface ProduceAnswer {
  topics: { topicName: string; partitions: PartitionAnswer[] }[];
}

interface Protocol {
  request: object;
  response: { parse(data: unknown): Promise<unknown> };
}
type Lookup = (key: number, requests: object) => (request: object) => Protocol;

export interface Broker {
  lookupRequest: Lookup;
  produce(request: ProduceRequest): Promise<ProduceAnswer | undefined>;
}

/**
 * One request to one broker, with its answer as it came: kafkajs itself throws at the first
 * partition that was refused, and what the answer says of the others is lost. Undefined when
 * none was asked for. Throws when there is no answer: then everything may have been written.
 */
export function produceOnce(
  broker: Broker,
  request: ProduceRequest,
): Promise<ProduceAnswer | undefined> {
  const unparsed: Broker = Object.create(broker, {
    lookupRequest: {
      value: (...[key, requests]: Parameters<Lookup>) => {
        const protocolOf = broker.lookupRequest(key, requests);
        return (fields: object): Protocol => {
          const { request, response } = protocolOf(fields);
          return { request, response: { ...response, parse: (data) => Promise.resolve(data) } };
        };
      },
    },
  }) as Broker;
  return unparsed.produce(request);
}
