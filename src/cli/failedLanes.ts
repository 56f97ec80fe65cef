import { checkLine } from '../ops/checkLine.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';
import type { LaneOutcomes } from '../replay/eachLane.ts';
import { printLine } from './print.ts';

/** The lanes for which something failed, for JSON; sets the exit code when there are any. */
export function failedLanes({ failed }: LaneOutcomes<unknown>) {
  if (failed.length > 0) process.exitCode = 1;
  return {
    failed: failed.map(({ engine, lane, error }) => ({ engine, lane, ...described(error) })),
  };
}

/** The same for people. */
export function printFailedLanes(outcomes: LaneOutcomes<unknown>): void {
  for (const { engine, lane, code, message, hint } of failedLanes(outcomes).failed) {
    printLine(checkLine(false, `${engine} lane ${lane}: ${code}`, message));
    if (hint) printLine(`  ${hint}`);
  }
}

function described(error: unknown) {
  const isKnown = error instanceof OperationalError;
  const code = isKnown ? error.code : 'UNEXPECTED';
  return { code, message: messageOf(error), hint: isKnown ? error.hint : '' };
}
