/** The reserve is a line's first command, its confirm or release the second. */
export const RESERVE_STEP = 0;
export const SETTLE_STEP = 1;
/** Return number n has step n + 2; its lines are counted within the return. */
export const FIRST_RETURN_STEP = 2;

/**
 * The id of a command, derived from the log position of OrderPlaced: no two commands of any orders
 * share one. At most 9 characters longer than the cause, which may so have 55.
 */
export function orderCommandId(cause: string, line: number, step: number): string {
  return `${cause}:${line}:${step}`;
}

/** Which line and step a command of this cause belongs to; null for any other id. */
export function parseOrderCommandId(
  cause: string,
  commandId: string,
): { line: number; step: number } | null {
  const numbers = commandId.slice(cause.length + 1).split(':');
  const [line = NaN, step = NaN] = numbers.map(Number);
  return orderCommandId(cause, line, step) === commandId ? { line, step } : null;
}
