import { invariant } from '../../ops/errors.ts';
import { inflatedLimit } from '../batches/inflatedLimit.ts';
import { inflate } from '../batches/inflate.ts';
import { fetchVersions, readFetchAnswer } from '../batches/fetchAnswer.ts';
import { readBatches } from '../batches/readBatches.ts';
import type { BatchRecord } from '../batches/batchRecords.ts';
import type { LoadInternal } from './loadInternal.ts';

interface Request {
  response: { decode: (bytes: Buffer) => Promise<unknown>; parse: unknown };
}
type MakeRequest = (options: object) => Request;
interface FetchProtocol {
  protocol: (options: { version: number }) => MakeRequest;
}
interface Codec {
  compress: (encoder: object) => Promise<Buffer>;
  decompress: (bytes: Buffer) => Promise<Buffer>;
}
type Codecs = Record<number, () => Codec>;
type DecodeMessageSet = (decoder: object, size: number) => Promise<BatchRecord[]>;
type DecoderClass = new (bytes: Buffer) => object;

const batchMagic = 2;
/** Where the number of the message format is, in all formats. */
const magicStart = 16;
const gzip = 1;
const zstd = 4;

/**
 * kafkajs reads no codec but gzip, and that without a limit; one batch that it cannot read ends the
 * consumer, and with it all partitions. What brokers answer is decoded here instead: all codecs, up
 * to a limit, and what is not readable is said of the batch. It also copied all headers of a record
 * for each of them, and could not take more records at once than a call has arguments.
 */
export function mendRecordBatches(load: LoadInternal): void {
  const fetch = load('protocol/requests/fetch/index') as Partial<FetchProtocol>;
  const { protocol } = fetch;
  invariant(typeof protocol === 'function', 'kafkajs has no protocol of fetches to mend');
  registerCodecs(load);
  fetch.protocol = ({ version }) => {
    const makeRequest = protocol({ version });
    if (version < fetchVersions.first || version > fetchVersions.last) return makeRequest;
    return (options) => {
      const request = makeRequest(options);
      const decode = (bytes: Buffer) =>
        readFetchAnswer(bytes, version, (messages) => readMessages(load, messages));
      return { ...request, response: { ...request.response, decode } };
    };
  };
}

function readMessages(load: LoadInternal, bytes: Buffer): Promise<BatchRecord[]> {
  if (bytes.length <= magicStart) return Promise.resolve([]);
  if (bytes.readInt8(magicStart) >= batchMagic) {
    const checksum = load('protocol/recordBatch/crc32C/index') as (of: Buffer) => number;
    return readBatches(bytes, inflatedLimit.bytesMax, checksum);
  }
  // What producers older than Kafka 0.11 left in a log.
  const Decoder = load('protocol/decoder') as DecoderClass;
  const decodeMessageSet = load('protocol/messageSet/decoder') as DecodeMessageSet;
  return decodeMessageSet(new Decoder(bytes), bytes.length);
}

/** For the older message formats, which kafkajs decodes by itself. */
function registerCodecs(load: LoadInternal): void {
  const { Codecs } = load('protocol/message/compression/index') as { Codecs?: Codecs };
  invariant(Codecs?.[gzip], 'kafkajs has no table of codecs to mend');
  for (let type = gzip; type <= zstd; type++) {
    const original = Codecs[type];
    const decompress = (bytes: Buffer) => inflate(type, bytes, inflatedLimit.bytesMax);
    const compress: Codec['compress'] = async (encoder) => {
      const codec = original?.();
      invariant(codec, `kafkajs has no codec ${type}`);
      return codec.compress(encoder);
    };
    Codecs[type] = () => ({ compress, decompress });
  }
}
