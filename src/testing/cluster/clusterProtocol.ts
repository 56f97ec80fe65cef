import { loadInternal } from '../../messaging/mends/loadInternal.ts';

/**
 * Two requests that kafkajs does not have, in the shape that its connections send.
 * Layouts: https://kafka.apache.org/protocol.html
 */
interface Encoder {
  writeInt8(value: number): this;
  writeInt32(value: number): this;
  writeString(value: string): this;
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string): this;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readString(): string;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readTaggedFields(): unknown;
}

/** kafkajs' connections read a property of every answer: it is an object. */
export interface Protocol<Answer extends object> {
  request: { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<Encoder> };
  response: { decode(payload: Buffer): Promise<Answer>; parse(answer: Answer): Promise<Answer> };
}

const EncoderClass = loadInternal('protocol/encoder') as new () => Encoder;
const DecoderClass = loadInternal('protocol/decoder') as new (payload: Buffer) => Decoder;
const { createErrorFromCode } = loadInternal('protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};

const preferred = 0;
const electionNotNeeded = 84;
const oneEntry = 2;
const noTags = 0;

/** ElectLeaders, version 1: the first replica of each of these partitions is to lead it. */
export function electPreferredLeaders(
  topics: readonly { topic: string; partitions: readonly number[] }[],
  timeoutMs: number,
): Protocol<object> {
  const encode = () => {
    const encoder = new EncoderClass().writeInt8(preferred).writeInt32(topics.length);
    for (const { topic, partitions } of topics) {
      encoder.writeString(topic).writeInt32(partitions.length);
      for (const partition of partitions) encoder.writeInt32(partition);
    }
    return encoder.writeInt32(timeoutMs);
  };
  const decode = (decoder: Decoder) => {
    decoder.readInt32(); // throttle time
    const whole = decoder.readInt16();
    const each = decoder.readArray((topic) => {
      topic.readString();
      return topic.readArray((partition) => {
        partition.readInt32();
        const code = partition.readInt16();
        partition.readString(); // what it means
        return code;
      });
    });
    const refusals = [whole, ...each.flat()].filter(
      (code) => ![0, electionNotNeeded].includes(code),
    );
    if (refusals[0] !== undefined) throw createErrorFromCode(refusals[0]);
    return {};
  };
  return protocol(43, 1, 'ElectLeaders', encode, decode);
}

/** DescribeQuorum, version 0: the node whose controller is the active one. */
export function describeQuorum(): Protocol<{ leader: number }> {
  const encode = () =>
    // kafkajs writes request header 1; the first byte here ends header 2, which this one needs.
    new EncoderClass()
      .writeUVarInt(noTags)
      .writeUVarInt(oneEntry)
      .writeUVarIntString('__cluster_metadata')
      .writeUVarInt(oneEntry)
      .writeInt32(0)
      .writeUVarInt(noTags)
      .writeUVarInt(noTags)
      .writeUVarInt(noTags);
  const decode = (decoder: Decoder) => {
    decoder.readTaggedFields(); // ends response header 1
    const code = decoder.readInt16();
    if (code !== 0) throw createErrorFromCode(code);
    decoder.readUVarInt(); // topics: one
    decoder.readUVarIntString();
    decoder.readUVarInt(); // partitions: one
    decoder.readInt32();
    const ofPartition = decoder.readInt16();
    if (ofPartition !== 0) throw createErrorFromCode(ofPartition);
    return { leader: decoder.readInt32() };
  };
  return protocol(55, 0, 'DescribeQuorum', encode, decode);
}

function protocol<Answer extends object>(
  apiKey: number,
  apiVersion: number,
  apiName: string,
  encode: () => Encoder,
  decode: (decoder: Decoder) => Answer,
): Protocol<Answer> {
  return {
    request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve(encode()) },
    response: {
      decode: (payload) => Promise.resolve(new DecoderClass(payload)).then(decode),
      parse: (answer) => Promise.resolve(answer),
    },
  };
}
