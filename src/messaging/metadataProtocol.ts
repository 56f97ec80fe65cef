import { loadInternal } from './mends/loadInternal.ts';

/**
 * Metadata request and response, version 12, in the shape that kafkajs' connections send. kafkajs
 * itself stops at version 6, which knows no topic ids (KIP-516).
 * Layout: https://kafka.apache.org/protocol.html#The_Messages_Metadata
 */
export const metadataApiKey = 3;
export const metadataApiVersion = 12;

export interface TopicDescription {
  errorCode: number;
  name: string;
  /** 16 bytes, all zero when the broker gave the topic no id. */
  id: Buffer;
  partitions: number;
}

interface Encoder {
  writeBoolean(value: boolean): this;
  writeBuffer(value: Buffer): this;
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string): this;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readBytes(length: number): Buffer;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

const EncoderClass = loadInternal('protocol/encoder') as new () => Encoder;
const DecoderClass = loadInternal('protocol/decoder') as new (payload: Buffer) => Decoder;

const noTags = 0;
const anyId = Buffer.alloc(16);

/** What asks a broker about these topics, without creating any of them. */
export function metadataProtocol(names: readonly string[]) {
  return {
    request: {
      apiKey: metadataApiKey,
      apiVersion: metadataApiVersion,
      apiName: 'Metadata',
      encode: () => Promise.resolve(encodeRequest(names)),
    },
    response: {
      decode: (payload: Buffer) => Promise.resolve({ topics: decodeResponse(payload) }),
      parse: (decoded: { topics: TopicDescription[] }) => Promise.resolve(decoded.topics),
    },
  };
}

function encodeRequest(names: readonly string[]): Encoder {
  // kafkajs writes request header 1; the first byte here ends header 2, which version 12 needs.
  const encoder = new EncoderClass().writeUVarInt(noTags).writeUVarInt(names.length + 1);
  for (const name of names) {
    encoder.writeBuffer(anyId).writeUVarIntString(name).writeUVarInt(noTags);
  }
  const createTopics = false;
  const withOperations = false;
  return encoder.writeBoolean(createTopics).writeBoolean(withOperations).writeUVarInt(noTags);
}

function decodeResponse(payload: Buffer): TopicDescription[] {
  const decoder = new DecoderClass(payload);
  decoder.readTaggedFields(); // ends response header 1
  decoder.readInt32(); // throttle time
  decoder.readUVarIntArray(skipBroker);
  decoder.readUVarIntString(); // cluster id
  decoder.readInt32(); // controller
  return decoder.readUVarIntArray(decodeTopic) ?? [];
}

function skipBroker(decoder: Decoder): void {
  decoder.readInt32(); // node id
  decoder.readUVarIntString(); // host
  decoder.readInt32(); // port
  decoder.readUVarIntString(); // rack
  decoder.readTaggedFields();
}

function decodeTopic(decoder: Decoder): TopicDescription {
  const errorCode = decoder.readInt16();
  const name = decoder.readUVarIntString() ?? '';
  const id = decoder.readBytes(16);
  decoder.readBoolean(); // internal
  const partitions = decoder.readUVarIntArray(skipPartition)?.length ?? 0;
  decoder.readInt32(); // authorized operations
  decoder.readTaggedFields();
  return { errorCode, name, id, partitions };
}

function skipPartition(decoder: Decoder): void {
  decoder.readInt16(); // error
  decoder.readInt32(); // partition
  decoder.readInt32(); // leader
  decoder.readInt32(); // leader epoch
  decoder.readUVarIntArray((it) => it.readInt32()); // replicas
  decoder.readUVarIntArray((it) => it.readInt32()); // replicas in sync
  decoder.readUVarIntArray((it) => it.readInt32()); // replicas offline
  decoder.readTaggedFields();
}
