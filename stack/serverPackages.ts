import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OperationalError } from '../src/ops/errors.ts';
import { AptRoot } from './aptRoot.ts';
import { type AptSource, baseSource } from './aptSources.ts';
import { cachedFolder } from './cache.ts';
import { type HostSystem, hostSources, hostSystem, suitesWithMysql } from './hostSystem.ts';
import { packagedProgram } from './packagedProgram.ts';
import type { Progress } from './progress.ts';
import { requireTool } from './requireTool.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import type { StackState } from './stackState.ts';
import { otherWays } from './stepFailed.ts';

export const mysqld = 'usr/sbin/mysqld';
export const redisServer = 'usr/bin/redis-server';

const remedy = 'MySQL and Redis come as packages of Debian or Ubuntu, which this system is not.';
const mysqlPattern = '^mysql-server-core(-[0-9.]+)?$';

let pending: Promise<string> | undefined;

/**
 * The folder with MySQL and Redis of this checkout: the one that made its data, while that is
 * still in the cache, else the newest there or a new one. The caller saves the state.
 */
export async function packagesOf(state: StackState, progress: Progress): Promise<string> {
  if (state.packages !== undefined && existsSync(state.packages)) return state.packages;
  pending ??= serverPackages(progress).finally(() => (pending = undefined));
  state.packages = await pending;
  return state.packages;
}

/** The version in such a folder's name, without the packager's own revision. */
export function versionOf(packages: string, server: 'mysql' | 'redis'): string {
  const name = basename(packages);
  return new RegExp(`-${server}-([0-9.]+)`).exec(name)?.[1] ?? 'unknown';
}

/**
 * The folder with MySQL and Redis, unpacked from the packages of the system's own release or, on a
 * Debian whose release has no MySQL, of Debian unstable on the same mirror.
 */
async function serverPackages(progress: Progress): Promise<string> {
  const system = hostSystem();
  const prefix = `servers-${system.id}-${system.codename}-${process.arch}-`;
  return cachedFolder(prefix, progress, async (folder) => {
    for (const tool of ['apt-get', 'dpkg-deb']) requireTool('APT_MISSING', tool, remedy);
    const apt = new AptRoot(join(folder, 'apt'));
    const mysql = await findMysql(apt, system, progress);
    progress('fetching packages');
    const files = await apt.download([mysql, 'redis-server']);
    progress(`unpacking ${files.length} packages`);
    for (const file of files) await unpack(file, folder);
    const versions = [mysql, 'redis-server'].map((name) => versionIn(files, name));
    apt.clear();
    for (const program of [mysqld, redisServer]) await tryOut(folder, program);
    return `mysql-${versions[0]}-redis-${versions[1]}`;
  });
}

/** Points apt at a suite that has MySQL; answers the package's name. */
async function findMysql(apt: AptRoot, system: HostSystem, progress: Progress): Promise<string> {
  const base = baseSource(hostSources(), system.codename);
  if (!base) {
    throw new OperationalError(
      'APT_SOURCES_MISSING',
      `apt's sources on this machine name no base suite (${system.codename}, main)`,
      { hint: otherWays },
    );
  }
  const source: AptSource = { ...base, components: system.components };
  for (const suites of suitesWithMysql(system, base.suite)) {
    progress(`reading the package index of ${suites.join(' and ')}`);
    await apt.useSuites(source, suites);
    const found = await apt.find(mysqlPattern);
    if (found) return found;
  }
  throw new OperationalError('MYSQL_PACKAGE_MISSING', `${base.suite} has no MySQL server`, {
    hint: otherWays,
  });
}

async function unpack(file: string, folder: string): Promise<void> {
  await runTool(`unpack ${basename(file)}`, ['dpkg-deb', '-x', file, folder], {
    logFile: stackPaths.log('package-unpack'),
  });
}

/** The version in a file name such as `redis-server_5%3a8.0.6-3_amd64.deb`. */
function versionIn(files: string[], name: string): string {
  const file = files.map((path) => basename(path)).find((path) => path.startsWith(`${name}_`));
  return decodeURIComponent(file?.split('_')[1] ?? 'unknown').replace(/^\d+:/, '');
}

async function tryOut(folder: string, program: string): Promise<void> {
  await runTool(
    `try out ${basename(program)}`,
    [...packagedProgram(folder, program), '--version'],
    {
      logFile: stackPaths.log('package-trial'),
    },
  );
}
