import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperationalError } from '../src/ops/errors.ts';
import { otherWays } from './stepFailed.ts';

const platforms: Partial<Record<NodeJS.Architecture, { triplet: string; loader: string }>> = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/**
 * The command that runs a program out of unpacked packages. It goes through their own loader and
 * libraries, because the system's C library may be older than what the program was built for.
 */
export function packagedProgram(root: string, program: string): [string, ...string[]] {
  const platform = platforms[process.arch];
  if (!platform) {
    throw new OperationalError('STACK_PLATFORM', `no packages for a ${process.arch} processor`, {
      hint: otherWays,
    });
  }
  const folders = ['usr/lib', 'lib'].map((folder) => join(root, folder, platform.triplet));
  const libraries = [...folders, join(root, 'usr/lib/mysql/private')].filter(existsSync);
  const loader = folders.map((folder) => join(folder, platform.loader)).find(existsSync);
  if (!loader) {
    throw new OperationalError('STACK_PACKAGES_DAMAGED', `${root} has no ${platform.loader}`, {
      hint: 'Delete that folder and run `onhand stack up` again.',
    });
  }
  return [loader, '--library-path', libraries.join(':'), join(root, program)];
}
