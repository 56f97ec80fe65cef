import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type AptSource, parseAptSources } from './aptSources.ts';

const releaseFile = '/etc/os-release';
const sourceFile = '/etc/apt/sources.list';
const sourceFolder = '/etc/apt/sources.list.d';

/** What packages this machine's distribution has. */
export interface HostSystem {
  /** `debian`, `ubuntu` (also for what is made from it) or another. */
  id: string;
  codename: string;
  /** The parts of the archive in which MySQL and Redis are. */
  components: string[];
}

export function hostSystem(): HostSystem {
  const release = existsSync(releaseFile) ? parseEnv(readFileSync(releaseFile, 'utf8')) : {};
  const ubuntu = release.UBUNTU_CODENAME;
  return {
    id: ubuntu ? 'ubuntu' : (release.ID ?? process.platform),
    codename: ubuntu ?? release.VERSION_CODENAME ?? 'unknown',
    components: ubuntu ? ['main', 'universe'] : ['main'],
  };
}

/** The package sources that apt uses on this machine. */
export function hostSources(): AptSource[] {
  const extra = existsSync(sourceFolder) ? readdirSync(sourceFolder).sort() : [];
  return [sourceFile, ...extra.map((name) => join(sourceFolder, name))]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => parseAptSources(file, readFileSync(file, 'utf8')));
}

/**
 * The suites to look for MySQL in, one attempt after the other: the system's own, which wins, and
 * on Debian, whose releases have MariaDB instead, the unstable one.
 */
export function suitesWithMysql({ id }: HostSystem, own: string): string[][] {
  if (id === 'ubuntu') return [[own, `${own}-updates`]];
  return id === 'debian' ? [[own], ['sid']] : [[own]];
}
