import type { Settings } from '../src/config/settings.ts';
import { connectViewClient } from '../src/view/viewClient.ts';
import { notesKey } from '../src/view/viewKeys.ts';
import { BenchError } from './benchError.ts';

/** Deletes all that the view of an installation has put into Redis; its prefix is its own. */
export async function clearView(settings: Settings): Promise<void> {
  const client = await connectViewClient(settings);
  try {
    if (!('scanStream' in client)) throw new BenchError('benchmarks need a Redis of one node');
    const match = `onhand:${settings.ONHAND_TOPIC_PREFIX}:{*`;
    for await (const keys of client.scanStream({ match, count: 5000 })) {
      if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
    }
    await client.unlink(notesKey(settings));
  } finally {
    client.disconnect();
  }
}
