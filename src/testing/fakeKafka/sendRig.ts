import {
  type Kafka,
  type KafkaConfig,
  type Producer,
  type ProducerConfig,
  logLevel,
} from 'kafkajs';
import type { LoadInternal } from '../../messaging/mends/loadInternal.ts';
import { FakeCluster } from './fakeCluster.ts';

type KafkaClass = new (config: KafkaConfig) => Kafka;

/** How often the rig's producers try again. */
export const retries = 8;

/** Fake brokers, and producers of one copy of kafkajs or another that send to them. */
export class SendRig {
  cluster: FakeCluster;
  /** Called whenever kafkajs looks where a message goes, so once for each in every try. */
  onPlaced: () => void = () => undefined;
  readonly #producers: Producer[] = [];

  private constructor(cluster: FakeCluster) {
    this.cluster = cluster;
  }

  /** As many brokers, numbered from 0, and a partition for each leader. */
  static async open(nodes: number, leaders: readonly number[]): Promise<SendRig> {
    return new SendRig(await FakeCluster.open(nodes, leaders));
  }

  /** A connected producer, idempotent unless told otherwise. */
  async producer(load: LoadInternal, config: ProducerConfig = {}): Promise<Producer> {
    const kafka = new (load('index') as KafkaClass)({
      brokers: this.cluster.addresses,
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 5, maxRetryTime: 20, retries },
    });
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner:
        () =>
        ({ message }) => {
          this.onPlaced();
          return message.partition ?? 0;
        },
      ...config,
    });
    this.#producers.push(producer);
    await producer.connect();
    return producer;
  }

  /** A record for each of two partitions: the text and the partition's number. */
  both(text: string) {
    return {
      topic: this.cluster.topic,
      messages: [
        { partition: 0, value: `${text}0` },
        { partition: 1, value: `${text}1` },
      ],
    };
  }

  /** Two sends, between which a partition moves to a broker that leads the other one. */
  async sendAcrossMove(load: LoadInternal, config?: ProducerConfig): Promise<Producer> {
    const producer = await this.producer(load, config);
    await producer.send(this.both('a'));
    this.cluster.move(1, 0);
    await producer.send(this.both('b'));
    return producer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.disconnect()));
    await this.cluster.close();
  }
}

/** What a send threw that had to fail. */
export async function failureOf(sent: Promise<unknown>): Promise<Error> {
  try {
    await sent;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing has failed');
}

export async function reasonOf(sent: Promise<unknown>): Promise<string> {
  return (await failureOf(sent)).message;
}

/** A promise and what fulfils it, for what has to come after something else. */
export function signal(): { given: Promise<void>; give: () => void } {
  let give = () => undefined as void;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}
