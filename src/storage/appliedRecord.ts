/** What tells a record of a log from any other that might stand in its place. */
export interface AppliedRecord {
  offset: number;
  /** The broker's append time as it came, in ms since 1970: not made monotonic. */
  time: number;
  /** Of its key, value and headers: 22 characters. */
  digest: string;
}

export function isSameRecord(one: AppliedRecord, other: AppliedRecord): boolean {
  return one.offset === other.offset && one.time === other.time && one.digest === other.digest;
}

/** The columns of a progress row that hold the last applied record, for `withApplied`. */
export const appliedColumns =
  'applied_offset AS appliedOffset, applied_time AS appliedTime, applied_digest AS appliedDigest';

export interface AppliedColumns {
  appliedOffset: number | null;
  appliedTime: number | null;
  appliedDigest: string | null;
}

/** A row with the last applied record in place of its columns; null when none is noted. */
export function withApplied<Row extends AppliedColumns>(
  row: Row,
): Omit<Row, keyof AppliedColumns> & { applied: AppliedRecord | null } {
  const { appliedOffset: offset, appliedTime: time, appliedDigest: digest, ...rest } = row;
  const isNoted = offset !== null && time !== null && digest !== null;
  return { ...rest, applied: isNoted ? { offset, time, digest } : null };
}
