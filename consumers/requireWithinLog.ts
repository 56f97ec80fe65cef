import type { SeekEntry } from 'kafkajs';
import { OperationalError } from '../src/ops/errors.ts';
import type { Progress } from '../src/storage/progress.ts';

/**
 * Halts a lane whose progress lies outside the broker's log: commands that were never applied are
 * gone (COMMANDS_LOST), or the log ends before what was applied (TOPIC_REPLACED). A position is
 * never reset by itself. `younger` is asked where the log begins to differ.
 */
export async function requireWithinLog(
  { lane, nextOffset }: Progress,
  log: (SeekEntry & { low: string; high: string })[],
  younger: () => Promise<number>,
): Promise<void> {
  const found = log.find(({ partition }) => partition === lane);
  if (!found) return;
  if (nextOffset < Number(found.low)) {
    throw new OperationalError(
      'COMMANDS_LOST',
      `offsets ${nextOffset} to ${Number(found.low) - 1} were deleted before they were applied`,
      { hint: "Raise the topic's retention; restore the commands, or accept the loss by hand." },
    );
  }
  if (nextOffset > Number(found.high)) {
    const first = Math.min(await younger(), Number(found.high));
    throw new OperationalError(
      'TOPIC_REPLACED',
      `the log ends at offset ${found.high}, but ${nextOffset} were applied: it was cut or ` +
        `replaced, and differs from offset ${first} on`,
      { hint: 'Restore the topic that the stored state was made from.' },
    );
  }
}
