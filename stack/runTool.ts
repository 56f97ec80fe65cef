import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { plainEnvironment } from './plainEnvironment.ts';
import { stepFailed } from './stepFailed.ts';

/**
 * Runs a program to its end, with what it prints in a log file that starts anew, and answers that
 * text. Throws STACK_STEP_FAILED with the end of the log if it fails.
 */
export async function runTool(
  step: string,
  [command, ...args]: [string, ...string[]],
  options: { logFile: string; hint?: string },
): Promise<string> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  writeFileSync(options.logFile, `$ ${[command, ...args].join(' ')}\n`);
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(command, args, { env: plainEnvironment(), stdio: ['ignore', log, log] });
    const reason = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(code === 0 ? '' : `${signal ?? `exit ${code}`}`),
      );
    });
    if (reason !== '') throw stepFailed(step, options.logFile, { ...options, reason });
    return readFileSync(options.logFile, 'utf8');
  } finally {
    closeSync(log);
  }
}
