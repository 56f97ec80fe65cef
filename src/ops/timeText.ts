/** A time in ms since 1970 in ISO form; what is no time as the number that a sender gave. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
