import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/config/packageRoot.ts';
import { cachedFolder } from '../../stack/cache.ts';
import { java } from '../../stack/java.ts';
import type { Progress } from '../../stack/progress.ts';
import { requireTool } from '../../stack/requireTool.ts';
import { runTool } from '../../stack/runTool.ts';
import { stackPaths } from '../../stack/stackPaths.ts';

const remedy =
  'Rivals in Java are built by Maven with a JDK. Installing them needs root, on Debian and ' +
  'Ubuntu: sudo apt-get install maven default-jdk-headless.';

/** What is wanted to run the classes of a rival's folder. */
export interface JavaProgram {
  java: string;
  classPath: string;
  /** The version that its `pom.xml` names. */
  version: string;
}

/** Compiles a folder beside this file, with what its `pom.xml` lists; once. */
export async function javaProgram(source: string, progress: Progress): Promise<JavaProgram> {
  const sources = join(packageRoot, 'bench', 'rivals', source);
  const name = source.replace('/', '-');
  const pom = join(sources, 'pom.xml');
  const version = /<rival\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1] ?? '';
  const program = java();
  const prefix = `rival-${name}-${version}-${hashOf(sources)}`;
  const folder = await cachedFolder(prefix, progress, async (folder) => {
    requireTool('MAVEN_MISSING', 'mvn', remedy);
    progress('fetching jars and compiling with Maven');
    const goals = ['compile', 'dependency:copy-dependencies'];
    const options = [`-Dbuild.folder=${folder}`, `-DoutputDirectory=${join(folder, 'jars')}`];
    await runTool(name, ['mvn', '-q', '-B', '-f', pom, ...options, ...goals], {
      logFile: stackPaths.log(`rival-${name}-install`),
      hint: remedy,
    });
    for (const rest of ['maven-status', 'generated-sources']) {
      rmSync(join(folder, rest), { recursive: true, force: true });
    }
    return '';
  });
  const classPath = [join(folder, 'classes'), join(folder, 'jars', '*')].join(delimiter);
  return { java: program, classPath, version };
}

/** Tells a folder of the cache from one that was built of other sources. */
function hashOf(sources: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(sources).sort()) {
    if (/\.(java|xml)$/.test(file)) hash.update(readFileSync(join(sources, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
