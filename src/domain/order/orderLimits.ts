/** Lines of one order or one return at most, counted as they were sent. */
export const ORDER_LINES_MAX = 1000;

/** Returns that one order accepts at most, in all its life. */
export const RETURNS_MAX = 1000;

/** Returns of one order that may wait for the stock engine at the same time. */
export const RETURNS_OPEN_MAX = 10;

/**
 * Refused events that an order remembers; the oldest is forgotten first. Accepted ones it keeps.
 */
export const REFUSED_EVENTS_MAX = 100;

/** Lines that one tick releases at most. What is left waits for the next tick. */
export const DEADLINE_LINES_MAX = 1000;
