import { join } from 'node:path';
import { confluentPython } from '../../../stack/confluentPython.ts';
import { java } from '../../../stack/java.ts';
import { kafkaJars } from '../../../stack/kafkaJars.ts';
import { packageRoot } from '../../config/packageRoot.ts';
import type { Settings } from '../../config/settings.ts';
import { runFed } from './runFed.ts';

const folder = join(packageRoot, 'src', 'testing', 'senders');

/** Clients of Kafka in other languages: Java's own, and librdkafka by way of Python. */
export const foreignSenders = ['java', 'librdkafka'] as const;
export type ForeignSender = (typeof foreignSenders)[number];

export const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof codecs)[number];

/** Records that are one batch, if the sender does as it is told. */
export interface ForeignBatch {
  codec: Codec | 'none';
  topic: string;
  partition: number;
  records: readonly { key: Buffer; value: Buffer }[];
}

/** Sends with a client of another language; resolves when the broker has all. */
export async function sendForeign(
  sender: ForeignSender,
  { ONHAND_KAFKA_BROKERS: brokers }: Pick<Settings, 'ONHAND_KAFKA_BROKERS'>,
  batches: readonly ForeignBatch[],
): Promise<void> {
  const command = await commandOf(sender);
  const { code, errors } = await runFed([...command, brokers], batches.map(linesOf).join('\n'));
  if (code !== 0) throw new Error(`${sender} sent not all: ${errors}`);
}

async function commandOf(sender: ForeignSender): Promise<[string, ...string[]]> {
  const quiet = () => undefined;
  if (sender === 'librdkafka') return [...(await confluentPython(quiet)), join(folder, 'send.py')];
  const classPath = join(await kafkaJars(quiet), '*');
  return [java(), '-Xmx256m', '-cp', classPath, join(folder, 'Send.java')];
}

function linesOf({ codec, topic, partition, records }: ForeignBatch): string {
  const lines = records.map(({ key, value }) => {
    return `${codec} ${topic} ${partition} ${key.toString('hex')} ${value.toString('hex')}\n`;
  });
  return lines.join('');
}
