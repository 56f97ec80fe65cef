/** Writes one line for people or scripts to stdout. Logs go another way. */
export function printLine(line: string): void {
  process.stdout.write(line + '\n');
}
