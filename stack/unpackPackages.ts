import { basename, join } from 'node:path';
import { OperationalError } from '../src/ops/errors.ts';
import { AptRoot } from './aptRoot.ts';
import { type AptSource, baseSource } from './aptSources.ts';
import { hostSources, hostSystem } from './hostSystem.ts';
import { packagedProgram } from './packagedProgram.ts';
import type { Progress } from './progress.ts';
import { requireTool } from './requireTool.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import { otherWays } from './stepFailed.ts';

const remedy = 'The packages are those of Debian or Ubuntu, which this system is not.';

/** A private apt in a folder. Throws APT_MISSING. */
export function openApt(folder: string): AptRoot {
  for (const tool of ['apt-get', 'dpkg-deb']) requireTool('APT_MISSING', tool, remedy);
  return new AptRoot(join(folder, 'apt'));
}

/** The mirror and base suite that apt uses on this machine. Throws APT_SOURCES_MISSING. */
export function ownSource(): AptSource {
  const system = hostSystem();
  const base = baseSource(hostSources(), system.codename);
  if (base) return { ...base, components: system.components };
  throw new OperationalError(
    'APT_SOURCES_MISSING',
    `apt's sources on this machine name no base suite (${system.codename}, main)`,
    { hint: otherWays },
  );
}

/** Fetches packages with all that they need, unpacks them into a folder, answers the files. */
export async function unpackPackages(
  apt: AptRoot,
  names: string[],
  folder: string,
  progress: Progress,
): Promise<string[]> {
  progress('fetching packages');
  const files = await apt.download(names);
  progress(`unpacking ${files.length} packages`);
  for (const file of files) {
    await runTool(`unpack ${basename(file)}`, ['dpkg-deb', '-x', file, folder], {
      logFile: stackPaths.log('package-unpack'),
    });
  }
  return files;
}

/** The version in a file name such as `redis-server_5%3a8.0.6-3_amd64.deb`. */
export function versionIn(files: string[], name: string): string {
  const file = files.map((path) => basename(path)).find((path) => path.startsWith(`${name}_`));
  return decodeURIComponent(file?.split('_')[1] ?? 'unknown').replace(/^\d+:/, '');
}

/** Fails unless a program out of unpacked packages runs. */
export async function tryOut(folder: string, program: string, option: string): Promise<void> {
  await runTool(`try out ${basename(program)}`, [...packagedProgram(folder, program), option], {
    logFile: stackPaths.log('package-trial'),
  });
}
