import { cachedFolder } from '../../stack/cache.ts';
import type { Progress } from '../../stack/progress.ts';
import { runTool } from '../../stack/runTool.ts';
import { stackPaths } from '../../stack/stackPaths.ts';

/**
 * The folder of the cache whose `node_modules` holds these packages, of exactly these versions;
 * installed by npm at the first call. Their install scripts are not run: some report the install.
 */
export function npmPackages(
  name: string,
  versions: Readonly<Record<string, string>>,
  progress: Progress,
): Promise<string> {
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const prefix = `rival-${name}-${Object.values(versions).join('-')}`;
  return cachedFolder(prefix, progress, async (folder) => {
    progress('installing with npm');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
    await runTool(name, ['npm', 'install', '--prefix', folder, ...options, ...packages], {
      logFile: stackPaths.log(`rival-${name}-install`),
      hint: 'The packages come by npm: see whether npm reaches its registry.',
    });
    return '';
  });
}
