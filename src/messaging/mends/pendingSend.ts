import type {
  PartitionAnswer,
  PartitionRecords,
  ProduceAnswer,
  ProduceRequest,
} from './produceOnce.ts';

export interface KafkaError extends Error {
  type?: string;
  /** False: trying again is of no use. */
  retriable?: boolean;
}

/** The records of one partition, and what has become of them. */
export interface Parcel {
  readonly topic: string;
  readonly records: PartitionRecords;
  /** Set when the broker has acknowledged them. */
  answer?: PartitionAnswer;
  /** Why they were not acknowledged when they were last tried. */
  failure?: KafkaError;
  /** A broker may have them, although none has acknowledged them. */
  mayBeWritten: boolean;
}

/** One send of a producer, partition by partition. */
export class PendingSend {
  readonly #request: ProduceRequest;
  readonly #parcels: Parcel[];

  constructor(request: ProduceRequest) {
    this.#request = request;
    this.#parcels = request.topicData.flatMap(({ topic, partitions }) =>
      partitions.map((records): Parcel => ({ topic, records, mayBeWritten: false })),
    );
  }

  /** False when the producer is content with having sent. */
  get wantsAnswer(): boolean {
    return this.#request.acks !== 0;
  }

  /** What is not acknowledged yet. */
  get open(): Parcel[] {
    return this.#parcels.filter(({ answer }) => !answer);
  }

  /** Whether any of the records may be in a log. */
  get mayBeWritten(): boolean {
    return this.#parcels.some(({ answer, mayBeWritten }) => answer ?? mayBeWritten);
  }

  /** Why it is not done, undefined when it is; what no other try will mend comes first. */
  get failure(): KafkaError | undefined {
    const failures = this.open.flatMap(({ failure }) => failure ?? []);
    return failures.find(({ retriable }) => retriable === false) ?? failures[0];
  }

  /** The request that brings these parcels, all of one leader. */
  requestFor(parcels: readonly Parcel[]): ProduceRequest {
    const partitions = new Map<string, PartitionRecords[]>();
    for (const { topic, records } of parcels) {
      const ofTopic = partitions.get(topic);
      if (ofTopic) ofTopic.push(records);
      else partitions.set(topic, [records]);
    }
    const topicData = [...partitions].map(([topic, partitions]) => ({ topic, partitions }));
    return { ...this.#request, topicData };
  }

  /** One answer for each partition, in the shape of a broker's; undefined if none was wanted. */
  get answer(): ProduceAnswer | undefined {
    if (!this.wantsAnswer) return undefined;
    const topics = this.#parcels.flatMap(({ topic, answer }) =>
      answer ? [{ topicName: topic, partitions: [answer] }] : [],
    );
    return { topics };
  }
}
