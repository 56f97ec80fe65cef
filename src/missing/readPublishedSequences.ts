import { readCursors } from '../../producers/readCursors.ts';
import type { EngineName } from '../storage/progress.ts';
import { readPublished } from '../storage/publications.ts';
import { openSnapshot } from '../verify/openSnapshot.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';

/**
 * Last sequence by lane that publishers claim to have published, as they themselves read it when
 * they take a lane over: nobody publishes what is up to there.
 */
export async function readPublishedSequences(
  context: VerifyContext,
  engine: EngineName,
): Promise<Map<number, number>> {
  const cursors = await readCursors(context, engine);
  const published = new Map<number, number>();
  const reader = await openSnapshot(context.settings);
  try {
    for (const [lane, { sequence }] of cursors) {
      const noted = await readPublished(reader, engine, lane);
      published.set(lane, Math.max(sequence, noted));
    }
    return published;
  } finally {
    await reader.end();
  }
}
