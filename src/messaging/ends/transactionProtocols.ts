import { loadInternal } from '../mends/loadInternal.ts';

/**
 * DescribeProducers and ListTransactions, version 0 (KIP-664), in the shape that kafkajs'
 * connections send. kafkajs has neither.
 * Layout: https://kafka.apache.org/protocol.html#The_Messages_DescribeProducers
 */
const describeProducersKey = 61;
const listTransactionsKey = 66;

/** A producer that a partition remembers. */
export interface DescribedProducer {
  producerId: string;
  /** Append time of its last record, in ms since 1970. */
  lastAppend: number;
  /** Where its open transaction began in the partition; −1 when it has none there. */
  transactionStart: number;
}

interface Encoder {
  writeInt32(value: number): this;
  writeInt64(value: string): this;
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string): this;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

const EncoderClass = loadInternal('protocol/encoder') as new () => Encoder;
const DecoderClass = loadInternal('protocol/decoder') as new (payload: Buffer) => Decoder;

const noTags = 0;
/** The length of a compact array is written with one added. */
const [empty, single] = [1, 2];

/** Asks a partition's leader who writes it. Nobody, when it refuses to tell. */
export function describeProducers(topic: string, partition: number) {
  // kafkajs writes request header 1; the first byte here ends header 2, which is due.
  const encode = () =>
    new EncoderClass()
      .writeUVarInt(noTags)
      .writeUVarInt(single)
      .writeUVarIntString(topic)
      .writeUVarInt(single)
      .writeInt32(partition)
      .writeUVarInt(noTags)
      .writeUVarInt(noTags);
  return protocol(describeProducersKey, 'DescribeProducers', encode, (decoder) => {
    return list(decoder, readTopicProducers).flat();
  });
}

/** Asks a broker for the transactional ids that it coordinates and that belong to a producer. */
export function listTransactions(producerId: string) {
  const encode = () =>
    new EncoderClass()
      .writeUVarInt(noTags)
      .writeUVarInt(empty) // states: any
      .writeUVarInt(single)
      .writeInt64(producerId)
      .writeUVarInt(noTags);
  return protocol(listTransactionsKey, 'ListTransactions', encode, (decoder) => {
    decoder.readInt16(); // error
    list(decoder, (it) => it.readUVarIntString()); // unknown states
    return list(decoder, readTransactionalId);
  });
}

function protocol<Answer>(
  apiKey: number,
  apiName: string,
  encode: () => Encoder,
  read: (decoder: Decoder) => Answer,
) {
  const decode = (payload: Buffer) => {
    const decoder = new DecoderClass(payload);
    decoder.readTaggedFields(); // ends response header 1
    decoder.readInt32(); // throttle time
    return Promise.resolve(read(decoder));
  };
  return {
    request: { apiKey, apiVersion: 0, apiName, encode: () => Promise.resolve(encode()) },
    response: { decode, parse: (decoded: Answer) => Promise.resolve(decoded) },
  };
}

function readTopicProducers(decoder: Decoder): DescribedProducer[] {
  decoder.readUVarIntString(); // topic
  const producers = list(decoder, readPartitionProducers).flat();
  decoder.readTaggedFields();
  return producers;
}

function readPartitionProducers(decoder: Decoder): DescribedProducer[] {
  decoder.readInt32(); // partition
  decoder.readInt16(); // error: then there are no producers
  decoder.readUVarIntString(); // message
  const producers = list(decoder, readProducer);
  decoder.readTaggedFields();
  return producers;
}

function readProducer(decoder: Decoder): DescribedProducer {
  const producerId = decoder.readInt64().toString();
  decoder.readInt32(); // epoch
  decoder.readInt32(); // last sequence
  const lastAppend = Number(decoder.readInt64().toString());
  decoder.readInt32(); // epoch of the coordinator
  const transactionStart = Number(decoder.readInt64().toString());
  decoder.readTaggedFields();
  return { producerId, lastAppend, transactionStart };
}

function readTransactionalId(decoder: Decoder): string {
  const id = decoder.readUVarIntString() ?? '';
  decoder.readInt64(); // producer id
  decoder.readUVarIntString(); // state
  decoder.readTaggedFields();
  return id;
}

function list<T>(decoder: Decoder, read: (decoder: Decoder) => T): T[] {
  return decoder.readUVarIntArray(read) ?? [];
}
