import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/config/packageRoot.ts';
import { InvariantError } from '../src/ops/errors.ts';
import { cachedFolder } from './cache.ts';
import { java } from './java.ts';
import type { Progress } from './progress.ts';
import { requireTool } from './requireTool.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';

const pom = join(packageRoot, 'stack', 'registryPom.xml');
const remedy =
  'The schema registry comes by Maven. Installing it needs root, on Debian and Ubuntu: ' +
  'sudo apt-get install maven.';

/**
 * The command of Apicurio, a schema registry that also has Confluent's interface (under
 * `/apis/ccompat/v7`) and keeps everything in memory. Only tests need one. Fetched with Maven at
 * the first call.
 */
export async function apicurio(port: number, progress: Progress): Promise<[string, ...string[]]> {
  const program = java();
  const text = readFileSync(pom, 'utf8');
  const version = /<apicurio\.version>([^<]+)</.exec(text)?.[1];
  if (version === undefined) throw new InvariantError('registryPom.xml names no apicurio.version');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const prefix = `apicurio-${version}-${hash}`;
  const folder = await cachedFolder(prefix, progress, async (folder) => {
    requireTool('MAVEN_MISSING', 'mvn', remedy);
    progress('fetching the schema registry with Maven');
    const markers = join(folder, 'markers');
    const goal = ['dependency:unpack-dependencies', `-DoutputDirectory=${folder}`];
    const command = ['-q', '-B', '-f', pom, ...goal, `-DmarkersDirectory=${markers}`];
    await runTool('schema registry', ['mvn', ...command], {
      logFile: stackPaths.log('schema-registry'),
    });
    rmSync(markers, { recursive: true, force: true });
    return '';
  });
  const jar = join(folder, `apicurio-registry-app-${version}-runner.jar`);
  const address = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`];
  return [program, '-Xmx256m', ...address, '-jar', jar];
}
