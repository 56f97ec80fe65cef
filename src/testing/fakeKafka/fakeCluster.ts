import { apis, errors, versions } from './codes.ts';
import { FakeBroker } from './fakeBroker.ts';
import { FakeLog } from './fakeLog.ts';
import { type Decoder, type Encoder, listOf, readBatch } from './wire.ts';

/** A request that a broker has got. */
interface Request {
  api: number;
  node: number;
}

/** What a test does at the moments that it chooses. */
export interface Moments {
  /** Before a request has any effect. */
  before?(request: Request): Promise<void> | void;
  /** When it has had its effect. 'cut': the connection ends without an answer. */
  after?(request: Request): Promise<'cut' | void> | 'cut' | void;
  /** A code of `errors` for a partition that the broker refuses although it leads it. */
  refuse?(partition: number, node: number): number | undefined;
  /** True: the answer does not mention this partition. */
  forget?(partition: number): boolean;
  /** A code of `errors` with which the coordinator refuses partitions of a transaction. */
  refuseTransaction?(): number | undefined;
}

const topic = 'orders';
const anyOffset = -1;

/**
 * Some brokers that speak as much of Kafka's protocol as kafkajs' producers need, with one topic,
 * `orders`. Its partitions are where the test puts them; logs and sequence numbers go with them,
 * as if every broker had every replica. The first broker is everybody's coordinator.
 */
export class FakeCluster {
  readonly topic = topic;
  /** Everything that was asked for, in order. */
  readonly requests: Request[] = [];
  readonly partitions: FakeLog[];
  moments: Moments = {};
  readonly #brokers: FakeBroker[] = [];
  #producers = 0;

  private constructor(leaders: readonly number[]) {
    this.partitions = leaders.map((leader) => new FakeLog(leader));
  }

  /** As many brokers, numbered from 0, and a partition for each leader. */
  static async open(nodes: number, leaders: readonly number[]): Promise<FakeCluster> {
    const cluster = new FakeCluster(leaders);
    for (let node = 0; node < nodes; node++) {
      const broker = await FakeBroker.open(node, (api, request, answer) =>
        cluster.#answer({ api, node }, request, answer),
      );
      cluster.#brokers.push(broker);
    }
    return cluster;
  }

  get addresses(): string[] {
    return this.#brokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** What a reader of committed records gets, by partition. */
  get values(): string[][] {
    return this.partitions.map(({ values }) => values);
  }

  move(partition: number, leader: number): void {
    const log = this.partitions[partition];
    if (!log) throw new Error(`there is no partition ${partition}`);
    log.leader = leader;
  }

  count(api: number): number {
    return this.requests.filter((request) => request.api === api).length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.close()));
  }

  async #answer(request: Request, body: Decoder, answer: Encoder): Promise<boolean> {
    await this.moments.before?.(request);
    await this.#write(request, body, answer);
    this.requests.push(request);
    return (await this.moments.after?.(request)) !== 'cut';
  }

  async #write({ api, node }: Request, body: Decoder, answer: Encoder): Promise<void> {
    switch (api) {
      case apis.apiVersions:
        this.#apiVersions(answer);
        return;
      case apis.metadata:
        this.#metadata(answer);
        return;
      case apis.findCoordinator:
        answer.writeInt32(0).writeInt16(errors.none).writeString(null);
        answer
          .writeInt32(0)
          .writeString('127.0.0.1')
          .writeInt32(this.#brokers[0]?.port ?? 0);
        return;
      case apis.initProducerId:
        answer.writeInt32(0).writeInt16(errors.none).writeInt64(this.#producers++).writeInt16(0);
        return;
      case apis.addPartitionsToTxn:
        this.#addPartitions(body, answer);
        return;
      case apis.endTxn:
        this.#endTransaction(body, answer);
        return;
      case apis.produce:
        await this.#produce(node, body, answer);
        return;
      default:
        throw new Error(`the fake brokers do not speak API ${api}`);
    }
  }

  #apiVersions(answer: Encoder): void {
    const entries = listOf(Object.entries(versions), (to, [api, version]) =>
      to.writeInt16(Number(api)).writeInt16(version).writeInt16(version),
    );
    answer.writeInt16(errors.none).writeArray(entries).writeInt32(0);
  }

  #metadata(answer: Encoder): void {
    const brokers = listOf(this.#brokers, (to, { node, port }) =>
      to.writeInt32(node).writeString('127.0.0.1').writeInt32(port).writeString(null),
    );
    const partitions = listOf([...this.partitions.entries()], (to, [partition, { leader }]) =>
      to
        .writeInt16(errors.none)
        .writeInt32(partition)
        .writeInt32(leader)
        .writeArray([])
        .writeArray([]),
    );
    const topics = listOf([topic], (to, name) =>
      to.writeInt16(errors.none).writeString(name).writeBoolean(false).writeArray(partitions),
    );
    answer.writeArray(brokers).writeInt32(0).writeArray(topics);
  }

  #addPartitions(body: Decoder, answer: Encoder): void {
    body.readString(); // transactional id
    body.readInt64();
    body.readInt16();
    const topics = body.readArray((of) => ({
      name: of.readString(),
      partitions: of.readArray((each) => each.readInt32()),
    }));
    const code = this.moments.refuseTransaction?.() ?? errors.none;
    const answers = listOf(topics, (to, { name, partitions }) =>
      to
        .writeString(name)
        .writeArray(listOf(partitions, (each, at) => each.writeInt32(at).writeInt16(code))),
    );
    answer.writeInt32(0).writeArray(answers);
  }

  #endTransaction(body: Decoder, answer: Encoder): void {
    body.readString(); // transactional id
    const producerId = body.readInt64().toString();
    body.readInt16();
    const isCommitted = body.readBoolean();
    for (const partition of this.partitions) partition.endTransaction(producerId, isCommitted);
    answer.writeInt32(0).writeInt16(errors.none);
  }

  async #produce(node: number, body: Decoder, answer: Encoder): Promise<void> {
    body.readString(); // transactional id
    body.readInt16(); // acks
    body.readInt32(); // time-out
    const [records = []] = body.readArray((of) => {
      of.readString(); // the topic
      return of.readArray((each) => ({ partition: each.readInt32(), bytes: each.readBytes() }));
    });
    const batches = await Promise.all(
      records.map(async ({ partition, bytes }) => ({ partition, batch: await readBatch(bytes) })),
    );
    const told = batches.flatMap(({ partition, batch }) => {
      const log = this.partitions[partition];
      const refused =
        this.moments.refuse?.(partition, node) ??
        (log?.leader === node ? undefined : errors.notLeader);
      const written =
        refused === undefined && log
          ? log.append(batch)
          : { errorCode: refused ?? errors.notLeader, baseOffset: anyOffset };
      return this.moments.forget?.(partition) ? [] : [{ partition, ...written }];
    });
    const answers = listOf(told, (to, { partition, errorCode, baseOffset }) =>
      to.writeInt32(partition).writeInt16(errorCode).writeInt64(baseOffset).writeInt64(-1),
    );
    const topics = listOf([topic], (to, name) => to.writeString(name).writeArray(answers));
    answer.writeArray(topics).writeInt32(0);
  }
}
