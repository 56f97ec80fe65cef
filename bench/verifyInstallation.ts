import type { BenchInstallation } from './benchInstallation.ts';
import { onhandCommand } from './onhandCommand.ts';
import type { ProgressView } from './progressView.ts';

/** `onhand replay verify` on what a run has left. Returns what it found wrong, in words. */
export async function verifyInstallation(
  at: BenchInstallation,
  view: ProgressView,
): Promise<string[]> {
  view.step('onhand replay verify: tables and events = fold of the command log?');
  const { ok, output } = await onhandCommand(at, ['replay', 'verify']);
  return ok ? [] : [`onhand replay verify fails:\n${output}`];
}
