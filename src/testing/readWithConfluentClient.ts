import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { confluentPython } from '../../stack/confluentPython.ts';
import { packageRoot } from '../config/packageRoot.ts';
import type { Settings } from '../config/settings.ts';

const run = promisify(execFile);
const script = join(packageRoot, 'src', 'testing', 'readWithConfluentClient.py');

/** A record as another language's client decodes it. A body does not name its kind there. */
export interface ForeignRecord {
  partition: number;
  offset: number;
  key: string;
  value: Record<string, unknown>;
}

/** All committed records of a topic, decoded by Confluent's Python client with the registry. */
export async function readWithConfluentClient(
  settings: Settings,
  topic: string,
): Promise<ForeignRecord[]> {
  const { ONHAND_KAFKA_BROKERS: brokers, ONHAND_SCHEMA_REGISTRY_URL: registry = '' } = settings;
  const [program, ...place] = await confluentPython(() => undefined);
  const { stdout } = await run(program, [...place, script, brokers, registry, topic], {
    timeout: 30_000,
    maxBuffer: 1 << 26,
  });
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ForeignRecord);
}
