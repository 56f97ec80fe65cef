import { expect } from 'chai';
import { runCli } from './cliChild.ts';
import { expectOneError } from './expectOneError.ts';
import { settingsEnv } from './settingsEnv.ts';
import type { TestInstallation } from './testInstallation.ts';

/** The command line as it is run for an installation, which may be made later. */
export function cliOf(installation: () => TestInstallation) {
  const env = () => settingsEnv(installation().settings);
  const cli = (...args: string[]) => runCli(args, env());
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const expectError = async (code: Parameters<typeof expectOneError>[1], ...args: string[]) => {
    expectOneError(await cli(...args), code, env());
  };
  return { cli, json, expectError };
}
