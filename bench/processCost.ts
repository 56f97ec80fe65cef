import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 10 ms for every architecture that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used so far, its threads included; undefined when unknown. */
export function cpuSecondsOf(pid: number): number | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The name in the second field can hold blanks; it ends with the last bracket.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields?.[11], fields?.[12]];
  if (user === undefined || system === undefined) return undefined;
  return (Number(user) + Number(system)) / ticksPerSecond;
}

/** Most memory that a process has held so far, in MiB; undefined when unknown. */
export function peakMemoryMiBOf(pid: number): number | undefined {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
