import { cachedFolder } from './cache.ts';
import { hostSystem } from './hostSystem.ts';
import { packagedProgram } from './packagedProgram.ts';
import type { Progress } from './progress.ts';
import { openApt, ownSource, tryOut, unpackPackages, versionIn } from './unpackPackages.ts';

const program = 'usr/bin/kcat';

/**
 * The command of kcat, the command line of librdkafka: a Kafka reader that shares no code with the
 * one of this project. Fetched from the system's own packages at the first call.
 */
export async function kcat(progress: Progress): Promise<[string, ...string[]]> {
  const { id, codename } = hostSystem();
  const prefix = `kcat-${id}-${codename}-${process.arch}-`;
  const folder = await cachedFolder(prefix, progress, async (draft) => {
    const apt = openApt(draft);
    const source = ownSource();
    progress(`reading the package index of ${source.suite}`);
    await apt.useSuites(source, [source.suite]);
    const files = await unpackPackages(apt, ['kcat'], draft, progress);
    apt.clear();
    await tryOut(draft, program, '-V');
    return `${versionIn(files, 'kcat')}-librdkafka-${versionIn(files, 'librdkafka1')}`;
  });
  return packagedProgram(folder, program);
}
