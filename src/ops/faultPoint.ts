/** Places where a test can strike: right before or after what must not be lost or done twice. */
export type FaultPoint =
  | 'claim-after-commit'
  | 'slice-before-commit'
  | 'slice-after-commit'
  | 'publish-before-send'
  | 'publish-after-send'
  | 'publish-before-commit'
  | 'publish-after-commit';

/**
 * For fault tests: ONHAND_FAULT=POINT:N makes the process kill itself (SIGKILL) when it comes to the
 * point for the Nth time. Without the variable this does nothing.
 */
export function faultPoint(point: FaultPoint): void {
  if (wanted?.point !== point || --wanted.left > 0) return;
  process.kill(process.pid, 'SIGKILL');
}

const wanted = parse(process.env['ONHAND_FAULT']);

function parse(text: string | undefined): { point: string; left: number } | undefined {
  const [point, count] = text?.split(':') ?? [];
  return point === undefined ? undefined : { point, left: Number(count ?? 1) };
}
