import type { LoadInternal } from './loadInternal.ts';
import { type KafkaError, type Parcel, PendingSend } from './pendingSend.ts';
import {
  type Broker,
  type PartitionAnswer,
  type ProduceAnswer,
  type ProduceRequest,
  produceOnce,
} from './produceOnce.ts';

/** The parts of kafkajs' cluster that a delivery needs. */
export interface SendingCluster {
  logger: { warn(message: string, fields: object): void };
  findBroker(at: { nodeId: string | number }): Promise<Broker>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  refreshMetadata(): Promise<void>;
  removeBroker(at: object): void;
}

/** Tries again what fails and may pass, as often and as soon as the producer's settings say. */
export type Retrier = (attempt: (giveUp: unknown, tries: number) => Promise<void>) => Promise<void>;

interface Errors {
  KafkaJSError: new (message: string) => KafkaError;
  KafkaJSNonRetriableError: new (error: Error | string, options?: { cause: Error }) => KafkaError;
}
interface ProtocolErrors {
  createErrorFromCode(code: number): KafkaError;
}

const unknownPartition = 3;
const noLeader = 5;
const notIdempotent = '-1';
const alreadyWritten = 'DUPLICATE_SEQUENCE_NUMBER';

/**
 * What stands for all brokers of a cluster in kafkajs' producer. It asks the leader of each
 * partition, and notes by partition what is acknowledged, so that leaders may move at any moment.
 */
export class RecordDelivery {
  readonly nodeId: string;
  readonly #cluster: SendingCluster;
  readonly #findLeader: SendingCluster['findBroker'];
  readonly #retrier: Retrier;
  readonly #errors: Errors;
  readonly #protocolErrors: ProtocolErrors;
  /** Why a producer, by its id and epoch, must not be used any more. */
  readonly #spent = new Map<string, KafkaError>();

  /** `findBroker` of the cluster as it is now finds the real brokers. */
  constructor(nodeId: string, cluster: SendingCluster, retrier: Retrier, load: LoadInternal) {
    this.nodeId = nodeId;
    this.#cluster = cluster;
    this.#retrier = retrier;
    this.#findLeader = cluster.findBroker.bind(cluster);
    this.#errors = load('errors') as Errors;
    this.#protocolErrors = load('protocol/error') as ProtocolErrors;
  }

  /**
   * Resolves when the records of every partition are acknowledged; the answer names each once.
   * What is refused or lost is tried again with the same sequence numbers, by partition; in a
   * transaction nothing is, as all of it can be aborted. Throws when that is over and nothing is
   * under way any more, and always what kafkajs does not try again: some may be written then.
   */
  async produce(request: ProduceRequest): Promise<ProduceAnswer | undefined> {
    const producer = `${String(request.producerId)} ${request.producerEpoch}`;
    const before = this.#spent.get(producer);
    if (before) throw this.#spentError(before);
    const send = new PendingSend(request);
    try {
      if (request.transactionalId === undefined) {
        await this.#retrier((_, tries) => this.#attempt(send, tries));
      } else await this.#attempt(send, 0);
    } catch (error) {
      // The broker's own words where they are final, not what the retrier makes of them.
      const cause = send.failure?.retriable === false ? send.failure : (error as KafkaError);
      // kafkajs gives the next records the sequence numbers of these. A broker that has these after
      // all would take the next ones for repeats: acknowledged, but not written.
      const isNumbered = String(request.producerId) !== notIdempotent;
      if (isNumbered && send.mayBeWritten) this.#spent.set(producer, cause);
      if (cause.retriable === false) throw cause;
      throw new this.#errors.KafkaJSNonRetriableError(cause, { cause });
    }
    return send.answer;
  }

  async #attempt(send: PendingSend, tries: number): Promise<void> {
    if (tries > 0) await this.#cluster.refreshMetadata();
    const deliveries = [...this.#byLeader(send.open)].map(([leader, parcels]) =>
      this.#deliver(send, leader, parcels),
    );
    await Promise.all(deliveries);
    const { failure } = send;
    if (!failure) return;
    this.#cluster.logger.warn('Records not acknowledged', { reason: failure.message, tries });
    throw failure;
  }

  /** By leader as far as it is known; the others have failed for now. */
  #byLeader(parcels: readonly Parcel[]): Map<number, Parcel[]> {
    const groups = new Map<number, Parcel[]>();
    for (const parcel of parcels) {
      const { topic, records } = parcel;
      const known = this.#cluster
        .findTopicPartitionMetadata(topic)
        .find(({ partitionId }) => partitionId === records.partition);
      if (!known || known.leader < 0) {
        parcel.failure = this.#refusal(parcel, known ? noLeader : unknownPartition);
        continue;
      }
      const group = groups.get(known.leader);
      if (group) group.push(parcel);
      else groups.set(known.leader, [parcel]);
    }
    return groups;
  }

  /** Never throws; what became of each parcel is noted. */
  async #deliver(send: PendingSend, leader: number, parcels: Parcel[]): Promise<void> {
    let asked = false;
    try {
      const broker = await this.#findLeader({ nodeId: leader });
      asked = true;
      const answer = await produceOnce(broker, send.requestFor(parcels));
      const answers = send.wantsAnswer ? this.#answersOf(answer, parcels) : undefined;
      parcels.forEach((parcel, at) => this.#settle(parcel, answers?.[at]));
    } catch (error) {
      const failure = error as KafkaError;
      if (failure.name === 'KafkaJSConnectionClosedError') this.#cluster.removeBroker(failure);
      for (const parcel of parcels) {
        parcel.failure = failure;
        // What is of no use to be tried again was never sent.
        if (asked && failure.retriable !== false) parcel.mayBeWritten = true;
      }
    }
  }

  #settle(parcel: Parcel, answer = unasked): void {
    const { errorCode } = answer;
    const refusal = errorCode === 0 ? undefined : this.#refusal(parcel, errorCode);
    if (!refusal || (refusal.type === alreadyWritten && parcel.mayBeWritten)) {
      parcel.answer = { ...answer, errorCode: 0 };
      return;
    }
    parcel.failure = refusal;
    // A leader that resigns may have written before it refused; its followers may have that.
    if (refusal.retriable) parcel.mayBeWritten = true;
  }

  /** The answers in the order of the parcels. Throws unless there is exactly one for each. */
  #answersOf(answer: ProduceAnswer | undefined, parcels: readonly Parcel[]): PartitionAnswer[] {
    const byPlace = new Map<string, PartitionAnswer>();
    const all = answer?.topics ?? [];
    for (const { topicName, partitions } of all) {
      for (const of of partitions) byPlace.set(`${topicName} ${of.partition}`, of);
    }
    const found = parcels.flatMap((parcel) => byPlace.get(placeOf(parcel)) ?? []);
    const count = all.reduce((sum, { partitions }) => sum + partitions.length, 0);
    if (found.length === parcels.length && count === found.length) return found;
    throw new this.#errors.KafkaJSError(
      `a broker answered for ${found.length} of ${parcels.length} partitions, ${count} in all`,
    );
  }

  #refusal(parcel: Parcel, code: number): KafkaError {
    const refusal = this.#protocolErrors.createErrorFromCode(code);
    refusal.message = `${placeOf(parcel)}: ${refusal.message}`;
    return refusal;
  }

  #spentError(cause: KafkaError): KafkaError {
    const message =
      'an earlier send of this producer failed and may be written nevertheless: ' +
      `use a new producer (${cause.message})`;
    return new this.#errors.KafkaJSNonRetriableError(message, { cause });
  }
}

/** What a partition counts for whose answer was not wanted. */
const unasked: PartitionAnswer = { partition: -1, errorCode: 0, baseOffset: '-1' };

function placeOf({ topic, records }: Parcel): string {
  return `${topic} ${records.partition}`;
}
