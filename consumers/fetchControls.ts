/** The fetch loop's controls, per partition of the log. */
export interface FetchControls {
  pause(partition: number): void;
  resume(partition: number): void;
  seek(partition: number, offset: number): void;
}
