import { expect } from 'chai';
import { isSecret, settingNames } from '../config/settings.ts';
import type { ErrorCode } from '../ops/errorCodes.ts';
import { OperationalError } from '../ops/errors.ts';
import { exitCodeOf } from '../ops/exitCodes.ts';
import type { CliResult } from './cliChild.ts';

/**
 * What a person gets to see of an error: one, by its name, with what to do about it, and no stack
 * trace unless asked for; no secret of these settings anywhere.
 */
export function expectOneError(
  { code: exitCode, stdout, stderr }: CliResult,
  code: ErrorCode,
  settings: NodeJS.ProcessEnv,
  verbose = false,
): void {
  if (stderr.startsWith('{')) {
    expect(JSON.parse(stderr)).to.have.nested.property('error.code', code);
  } else {
    expect(stderr).to.match(new RegExp(`^error ${code}: `));
    expect(stderr.match(/^error /gm)).to.have.length(1);
  }
  expect(/^\s+at /m.test(stderr), 'a stack trace').to.equal(verbose);
  expect(exitCode).to.equal(exitCodeOf(new OperationalError(code, '')));
  expectNoSecrets(stdout + stderr, settings);
}

export function expectNoSecrets(output: string, settings: NodeJS.ProcessEnv): void {
  for (const name of settingNames.filter(isSecret)) {
    const secret = settings[name];
    if (secret) expect(output.includes(secret), `${name} is printed`).to.be.false;
  }
}
