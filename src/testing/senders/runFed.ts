import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Runs a program to its end with this on its standard input; answers what it printed. */
export async function runFed(
  [program, ...args]: readonly [string, ...string[]],
  input: string,
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(program, args);
  const printed = [text(child.stdout), text(child.stderr)];
  child.stdin.end(input);
  const [code] = (await once(child, 'exit')) as [number | null];
  const [output = '', errors = ''] = await Promise.all(printed);
  return { code, output, errors };
}
