import { loadInternal } from '../../messaging/mends/loadInternal.ts';

/** kafkajs' reader of Kafka's types, as far as the fake brokers need it. */
export interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readBoolean(): boolean;
  readString(): string | null;
  readBytes(length?: number): Buffer;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

/** And its writer. */
export interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): this;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeInt64(value: number): this;
  writeBoolean(value: boolean): this;
  writeString(value: string | null): this;
  writeBytes(value: Buffer): this;
  writeEncoder(value: Encoder): this;
  writeArray(values: readonly unknown[]): this;
}

export const Decoder = loadInternal('protocol/decoder') as new (bytes: Buffer) => Decoder;
export const Encoder = loadInternal('protocol/encoder') as new () => Encoder;

/** A list of structures, each written by `write`. */
export function listOf<T>(values: readonly T[], write: (to: Encoder, value: T) => void): Encoder[] {
  return values.map((value) => {
    const encoder = new Encoder();
    write(encoder, value);
    return encoder;
  });
}

interface Batch {
  producerId: string;
  firstSequence: number;
  inTransaction: boolean;
  records: { value: Buffer }[];
}
type DecodeBatch = (decoder: Decoder) => Promise<Batch>;

const decodeBatch = loadInternal('protocol/recordBatch/v0/decoder') as DecodeBatch;

/** The one record batch that kafkajs sends for a partition: its values as text. */
export async function readBatch(bytes: Buffer) {
  const batch = await decodeBatch(new Decoder(bytes));
  return { ...batch, values: batch.records.map(({ value }) => value.toString()) };
}
