/** Tells a person what a step is doing. */
export type Progress = (message: string) => void;

/** Bytes as a person reads them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
