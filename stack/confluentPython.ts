import { join } from 'node:path';
import { cachedFolder } from './cache.ts';
import { hostSystem } from './hostSystem.ts';
import { packagedProgram } from './packagedProgram.ts';
import type { Progress } from './progress.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import { openApt, ownSource, tryOut, unpackPackages, versionIn } from './unpackPackages.ts';

const program = 'usr/bin/python3';
const packages = ['python3-confluent-kafka', 'python3-avro', 'python3-requests', 'python3-pip'];
/** Debian has no package of it. */
const fastavro = '1.13.1';

/**
 * The command of a Python that has Confluent's Kafka client with Avro, and fastavro: another
 * language, other Kafka, Avro and registry clients than those of this project. Fetched at the first
 * call from the system's own packages, and fastavro from Python's.
 */
export async function confluentPython(progress: Progress): Promise<[string, ...string[]]> {
  const { id, codename } = hostSystem();
  const prefix = `python-clients-${id}-${codename}-${process.arch}-`;
  const folder = await cachedFolder(prefix, progress, async (draft) => {
    const apt = openApt(draft);
    const source = ownSource();
    progress(`reading the package index of ${source.suite}`);
    await apt.useSuites(source, [source.suite]);
    const files = await unpackPackages(apt, packages, draft, progress);
    apt.clear();
    await tryOut(draft, program, '--version');
    progress(`fetching fastavro ${fastavro}`);
    const modules = join(draft, 'usr/lib/python3/dist-packages');
    const asked = ['--no-deps', '--only-binary', ':all:', '--target', modules];
    const pip = ['-I', '-m', 'pip', 'install', ...asked, `fastavro==${fastavro}`];
    await runTool('fetch fastavro', [...packagedProgram(draft, program), ...pip], {
      logFile: stackPaths.log('python-modules'),
    });
    const [client, avro] = packages.map((name) => versionIn(files, name));
    return `${client}-avro-${avro}-fastavro-${fastavro}`;
  });
  return [...packagedProgram(folder, program), '-I'];
}
