/** Limits of one transaction. */
export interface SliceLimits {
  /** Commands or order events. */
  commandsMax: number;
  bytesMax: number;
}
