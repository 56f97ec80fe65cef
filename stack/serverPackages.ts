import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { OperationalError } from '../src/ops/errors.ts';
import type { AptRoot } from './aptRoot.ts';
import { cachedFolder } from './cache.ts';
import { type HostSystem, hostSystem, suitesWithMysql } from './hostSystem.ts';
import type { Progress } from './progress.ts';
import type { StackState } from './stackState.ts';
import { otherWays } from './stepFailed.ts';
import { openApt, ownSource, tryOut, unpackPackages, versionIn } from './unpackPackages.ts';

export const mysqld = 'usr/sbin/mysqld';
export const redisServer = 'usr/bin/redis-server';

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
    const apt = openApt(folder);
    const names = [await findMysql(apt, system, progress), 'redis-server'];
    const files = await unpackPackages(apt, names, folder, progress);
    apt.clear();
    for (const program of [mysqld, redisServer]) await tryOut(folder, program, '--version');
    const [mysql, redis] = names.map((name) => versionIn(files, name));
    return `mysql-${mysql}-redis-${redis}`;
  });
}

/** Points apt at a suite that has MySQL; answers the package's name. */
async function findMysql(apt: AptRoot, system: HostSystem, progress: Progress): Promise<string> {
  const source = ownSource();
  for (const suites of suitesWithMysql(system, source.suite)) {
    progress(`reading the package index of ${suites.join(' and ')}`);
    await apt.useSuites(source, suites);
    const found = await apt.find(mysqlPattern);
    if (found) return found;
  }
  throw new OperationalError('MYSQL_PACKAGE_MISSING', `${source.suite} has no MySQL server`, {
    hint: otherWays,
  });
}
