/** Places where a test can strike: right before or after what must not be lost or done twice. */
export type FaultPoint =
  | 'claim-after-commit'
  | 'slice-before-commit'
  | 'slice-after-commit'
  | 'publish-before-send'
  | 'publish-after-send'
  | 'publish-before-commit'
  | 'publish-after-commit'
  | 'rebuild-before-swap'
  | 'rebuild-before-commit'
  | 'rebuild-after-commit'
  | 'checkpoint-before-commit';

/**
 * For fault tests: ONHAND_FAULT=POINT:N makes the process kill itself (SIGKILL) when it comes to
 * the point for the Nth time; POINT:N:SIGSTOP makes it stand still. Without the variable this does
 * nothing.
 */
export function faultPoint(point: FaultPoint): void {
  if (wanted !== point || --passesLeft !== 0) return;
  process.kill(process.pid, signal);
}

/** For fault tests: ONHAND_FAULT=decide-throws:SKU makes every decision on that SKU throw. */
export function throwOnPoison(sku: string): void {
  if (wanted === 'decide-throws' && argument === sku) {
    throw new TypeError(`ONHAND_FAULT makes decisions on ${sku} throw`);
  }
}

const [wanted, argument, signal = 'SIGKILL'] = process.env.ONHAND_FAULT?.split(':') ?? [];
let passesLeft = Number(argument ?? 1);
