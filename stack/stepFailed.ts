import { existsSync, readFileSync } from 'node:fs';
import { OperationalError } from '../src/ops/errors.ts';

const linesShown = 20;

/** What a person can do whenever servers cannot be had on this machine. */
export const otherWays =
  'Other ways: give addresses of servers that you have (ONHAND_KAFKA_BROKERS, ONHAND_MYSQL_HOST, ' +
  'ONHAND_REDIS_HOST in the environment or in .env), or start a Docker engine with compose.';

/** The error of a step of `onhand stack`: its name, the end of its log and what to do. */
export function stepFailed(
  step: string,
  logFile: string,
  options: { reason?: string; hint?: string } = {},
): OperationalError {
  const end = tailOf(logFile, linesShown).map((line) => `\n    ${line}`);
  const reason = options.reason ? `: ${options.reason}` : '';
  const log = end.length === 0 ? '' : `\n  End of ${logFile}:${end.join('')}`;
  return new OperationalError('STACK_STEP_FAILED', `step "${step}" failed${reason}${log}`, {
    hint: options.hint ?? `Run \`onhand stack up\` again to repeat the step. ${otherWays}`,
  });
}

/** The last lines of a file, without empty ones; none if there is no such file. */
export function tailOf(file: string, lines: number): string[] {
  if (!existsSync(file)) return [];
  const all = readFileSync(file, 'utf8').split('\n');
  return all.filter((line) => line.trim() !== '').slice(-lines);
}
