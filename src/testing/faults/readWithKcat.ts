import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kcat } from '../../../stack/kcat.ts';
import type { Settings } from '../../config/settings.ts';

const run = promisify(execFile);
const outputMax = 1 << 30;

/** A record, byte for byte. */
export interface RawRecord {
  partition: number;
  offset: number;
  key: string | null;
  value: string | null;
}

/**
 * All committed records of a topic, as librdkafka reads them: each partition in its own order, key
 * and value in hex. Fails when kcat cannot be had.
 */
export async function readWithKcat(
  { ONHAND_KAFKA_BROKERS: brokers }: Settings,
  topic: string,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<RawRecord[]> {
  const [program, ...place] = await kcat(() => undefined);
  const options = ['-X', `isolation.level=${isolation}`, '-o', 'beginning', '-e', '-q', '-u'];
  const args = [...place, '-C', '-b', brokers, '-t', topic, ...options, '-f', '%p %o %K %S\n%k%s'];
  const { stdout } = await run(program, args, { encoding: 'buffer', maxBuffer: outputMax });
  return parse(stdout).sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

/** A line of numbers (partition, offset, lengths; -1 for none), then key and value as they are. */
function parse(output: Buffer): RawRecord[] {
  const records: RawRecord[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf('\n', at);
    const [partition = 0, offset = 0, keyLength = 0, valueLength = 0] = output
      .toString('latin1', at, end)
      .split(' ')
      .map(Number);
    at = end + 1;
    const take = (length: number) => {
      if (length < 0) return null;
      at += length;
      return output.toString('hex', at - length, at);
    };
    records.push({ partition, offset, key: take(keyLength), value: take(valueLength) });
  }
  return records;
}
