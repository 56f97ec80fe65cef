import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { confluentPython } from '../../../stack/confluentPython.ts';
import { packageRoot } from '../../config/packageRoot.ts';

const script = join(packageRoot, 'examples', 'python', 'send.py');

/** A message as a Python program has it: dicts, in which a body may name its kind. */
export interface DictMessage {
  key: string;
  value: { body: object } & Record<string, unknown>;
}

/**
 * Runs `examples/python/send.py`: a line of its output for each message that does not fit, and,
 * where it sends to nobody, for each other one its bytes in hex.
 */
export async function sendWithPython(
  [brokers, topic]: readonly [string, string],
  schema: string,
  messages: readonly DictMessage[],
): Promise<{ code: number | null; lines: string[] }> {
  const [program, ...place] = await confluentPython(() => undefined);
  const file = join(packageRoot, 'schemas', schema);
  const child = spawn(program, [...place, script, brokers, topic, file]);
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  const [code] = (await once(child, 'exit')) as [number | null];
  const failure = await errors;
  if (failure !== '') throw new Error(failure);
  return { code, lines: (await output).split('\n').filter(Boolean) };
}
