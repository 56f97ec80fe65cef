/** Largest quantity that one command may name, in units (2^31 − 1). */
export const QUANTITY_MAX = 2_147_483_647;

/** Largest on hand of a stock item, in units. Far below 2^53, so sums stay exact. */
export const LEVEL_MAX = 1_000_000_000_000;

/** Longest SKU, location, order id or command id, in characters. */
export const NAME_LENGTH_MAX = 64;

/** Longest reason, in characters. */
export const REASON_LENGTH_MAX = 200;

/** Reservations that one tick expires at most. What is left waits for the next tick. */
export const EXPIRE_LIMIT_MAX = 1000;

/** Reservations that a tick may expire, whatever it asks for. */
export function expireLimit({ limit }: { limit: number }): number {
  return Math.max(0, Math.min(limit, EXPIRE_LIMIT_MAX));
}

export function isQuantity(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= QUANTITY_MAX;
}

/** Command and order ids: 1 to 64 printable ASCII characters without spaces. */
export function isId(text: string): boolean {
  return isShortAscii(text, 0x21);
}

/** SKUs and locations: 1 to 64 printable ASCII characters, spaces inside allowed. */
export function isName(text: string): boolean {
  return isShortAscii(text, 0x20) && !text.startsWith(' ') && !text.endsWith(' ');
}

/** Reasons: up to 200 characters, none of them a control character. */
export function isReason(text: string): boolean {
  return text.length <= REASON_LENGTH_MAX && !/\p{Cc}/u.test(text);
}

/**
 * Whether all characters are ASCII from the lowest code on, and their number is within the limit.
 */
function isShortAscii(text: string, lowestCode: number): boolean {
  if (text.length === 0 || text.length > NAME_LENGTH_MAX) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < lowestCode || code > 0x7e) return false;
  }
  return true;
}
