import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { packageRoot } from '../src/config/packageRoot.ts';

/** What is measured: the commit, with a `+` when files were changed since; empty without git. */
export async function gitRevision(): Promise<string> {
  const git = async (...args: string[]) => {
    return (await promisify(execFile)('git', args, { cwd: packageRoot })).stdout.trim();
  };
  try {
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return (await git('rev-parse', '--short', 'HEAD')) + (changes ? '+' : '');
  } catch {
    return '';
  }
}
