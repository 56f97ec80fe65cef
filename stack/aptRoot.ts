import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AptSource, formatAptSource } from './aptSources.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';

/**
 * A private place for apt: its own lists, its own idea of what is installed (nothing), so that it
 * fetches packages with all that they need, the C library included. Needs no root and leaves the
 * system's packages alone. The system's proxy settings and trusted keys are used.
 */
export class AptRoot {
  readonly #folder: string;
  readonly #config: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#config = join(folder, 'apt.conf');
    for (const part of ['state/lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(folder, part), { recursive: true });
    }
    writeFileSync(join(folder, 'status'), '');
    writeFileSync(this.#config, configFor(folder));
  }

  /** Reads the package index of suites of a mirror, whose signatures apt checks. */
  async useSuites(source: AptSource, suites: string[]): Promise<void> {
    const printed = await this.#run('package architecture', ['dpkg', '--print-architecture']);
    const architecture = printed.trim().split('\n').at(-1) ?? '';
    const stanza = formatAptSource(source, suites, architecture);
    writeFileSync(join(this.#folder, 'own.sources'), stanza);
    await this.#apt('package index', 'apt-get', ['update', '-q']);
  }

  /** The newest package whose name matches, or undefined. */
  async find(pattern: string): Promise<string | undefined> {
    const printed = await this.#apt('package search', 'apt-cache', [
      'search',
      '--names-only',
      pattern,
    ]);
    const names = printed.split('\n').flatMap((line) => /^(\S+) - /.exec(line)?.[1] ?? []);
    return names.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).at(-1);
  }

  /** Downloads packages with their whole closure; answers the files. */
  async download(packages: string[]): Promise<string[]> {
    const args = ['install', '--download-only', '-y', '-q', '--no-install-recommends'];
    await this.#apt('package download', 'apt-get', [...args, ...packages]);
    const archives = join(this.#folder, 'cache', 'archives');
    const files = readdirSync(archives).filter((name) => name.endsWith('.deb'));
    return files.map((name) => join(archives, name));
  }

  /** Removes what is needed for the download only. */
  clear(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #apt(step: string, tool: string, args: string[]): Promise<string> {
    return this.#run(step, [tool, '-c', this.#config, ...args]);
  }

  #run(step: string, command: [string, ...string[]]): Promise<string> {
    return runTool(step, command, { logFile: stackPaths.log(step.replace(' ', '-')) });
  }
}

function configFor(folder: string): string {
  return `Dir::State "${join(folder, 'state')}";
Dir::State::status "${join(folder, 'status')}";
Dir::Cache "${join(folder, 'cache')}";
Dir::Etc::sourcelist "${join(folder, 'own.sources')}";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
APT::Sandbox::User "";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
`;
}
