import { cachedFolder } from './cache.ts';
import { hostSystem } from './hostSystem.ts';
import { packagedProgram } from './packagedProgram.ts';
import type { Progress } from './progress.ts';
import { openApt, ownSource, tryOut, unpackPackages, versionIn } from './unpackPackages.ts';

const program = 'usr/bin/python3';
const packages = ['python3-confluent-kafka', 'python3-avro', 'python3-requests'];

/**
 * The command of a Python that has Confluent's Kafka client with Avro: another language, other
 * Kafka, Avro and registry clients than those of this project. Fetched from the system's own
 * packages at the first call.
 */
export async function confluentPython(progress: Progress): Promise<[string, ...string[]]> {
  const { id, codename } = hostSystem();
  const prefix = `confluent-python-${id}-${codename}-${process.arch}-`;
  const folder = await cachedFolder(prefix, progress, async (draft) => {
    const apt = openApt(draft);
    const source = ownSource();
    progress(`reading the package index of ${source.suite}`);
    await apt.useSuites(source, [source.suite]);
    const files = await unpackPackages(apt, packages, draft, progress);
    apt.clear();
    await tryOut(draft, program, '--version');
    const [client, avro] = packages.map((name) => versionIn(files, name));
    return `${client}-avro-${avro}`;
  });
  return [...packagedProgram(folder, program), '-I'];
}
