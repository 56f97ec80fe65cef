import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvariantError } from '../src/ops/errors.ts';
import { cachedFolder } from './cache.ts';
import type { Progress } from './progress.ts';
import { requireTool } from './requireTool.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';

const remedy =
  'Kafka comes by Maven. Installing it needs root, on Debian and Ubuntu: ' +
  'sudo apt-get install maven.';

/** The folder with the jars that `pom.xml` lists; fetched with Maven at the first call. */
export async function kafkaJars(progress: Progress): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(stackPaths.pom)).digest('hex').slice(0, 12);
  return cachedFolder(`kafka-${kafkaVersion()}-${hash}`, progress, async (folder) => {
    requireTool('MAVEN_MISSING', 'mvn', remedy);
    progress('fetching jars with Maven');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    await runTool('Kafka jars', ['mvn', '-q', '-B', '-f', stackPaths.pom, ...goal], {
      logFile: stackPaths.log('kafka-jars'),
    });
    return '';
  });
}

export function kafkaVersion(): string {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(stackPaths.pom, 'utf8'))?.[1];
  if (version === undefined) throw new InvariantError('pom.xml names no kafka.version');
  return version;
}
