import { errorColors } from '../ops/terminalColors.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';

/**
 * One clear error on stderr: name, what happened, what to do; as one line of JSON for scripts. A
 * stack trace only when asked for.
 */
export function reportError(error: unknown, options: { verbose: boolean; json?: boolean }): void {
  const code = error instanceof OperationalError ? error.code : 'UNEXPECTED';
  if (options.json) {
    const hint = error instanceof OperationalError ? error.hint : '';
    const stack = options.verbose && error instanceof Error ? error.stack : undefined;
    const text = JSON.stringify({ error: { code, message: messageOf(error), hint, stack } });
    return void process.stderr.write(`${text}\n`);
  }
  const lines = [`${errorColors.red('error')} ${errorColors.bold(code)}: ${messageOf(error)}`];
  if (error instanceof OperationalError && error.hint) lines.push(`  ${error.hint}`);
  if (options.verbose && error instanceof Error) lines.push(String(error.stack));
  process.stderr.write(lines.join('\n') + '\n');
}
