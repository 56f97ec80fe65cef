import { createConnection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions } from '../storage/database.ts';
import { readProgress } from '../storage/progress.ts';
import type { Finding } from './findings.ts';

/**
 * Finds lanes of which more is published than they have decided by now: each outbox row is one
 * record, so a record too many was published twice or by somebody else. Call it after the reading.
 */
export async function surplusRecords(
  settings: Settings,
  lanes: readonly number[],
  published: (lane: number) => number,
): Promise<Finding[]> {
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    const findings: Finding[] = [];
    for (const lane of lanes) {
      const rows = (await readProgress(connection, 'stock', lane))?.outboxSequence ?? 0;
      const count = published(lane);
      if (count <= rows) continue;
      const texts = { expected: `${rows} at most`, found: String(count) };
      findings.push({ lane, where: 'Kafka', what: 'records published', ...texts });
    }
    return findings;
  } finally {
    await connection.end();
  }
}
