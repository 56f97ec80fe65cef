import { join } from 'node:path';
import { confluentPython } from '../../../stack/confluentPython.ts';
import { packageRoot } from '../../config/packageRoot.ts';
import { runFed } from './runFed.ts';

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
  const python = await confluentPython(() => undefined);
  const file = join(packageRoot, 'schemas', schema);
  const input = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
  const { code, output, errors } = await runFed([...python, script, brokers, topic, file], input);
  if (errors !== '') throw new Error(errors);
  return { code, lines: output.split('\n').filter(Boolean) };
}
