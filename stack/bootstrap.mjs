// Makes a fresh clone runnable: npm packages and the compiled code. Plain JavaScript without
// packages, because it runs before there are any. Does nothing when both are up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const sourceFolders = ['bench', 'consumers', 'examples', 'migrations', 'producers', 'src', 'stack'];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error NODE_TOO_OLD: onhand needs Node 20.19 or newer, this is ${process.version}`);
  process.exit(1);
}
installPackages();
compile();

function installPackages() {
  const stamp = join(root, 'node_modules', '.onhand-lock-hash');
  const wanted = hashOf(join(root, 'package-lock.json'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run('npm packages', 'npm', ['ci', '--ignore-scripts', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

function compile() {
  const sources = sourceFolders.flatMap((folder) => filesBelow(join(root, folder), '.ts'));
  const inputs = [...sources, join(root, 'tsconfig.json'), join(root, 'package-lock.json')];
  const newest = Math.max(...inputs.map((file) => statSync(file).mtimeMs));
  const stamp = join(dist, '.compiled');
  const stale = removeOrphans();
  if (!stale && existsSync(stamp) && statSync(stamp).mtimeMs > newest) return;
  rmSync(stamp, { force: true });
  run('compile', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
  writeFileSync(stamp, '');
}

/** Outputs whose source is gone would still be run as tests. */
function removeOrphans() {
  const orphans = filesBelow(dist, '.js').filter((file) => {
    return !existsSync(join(root, relative(dist, file).replace(/\.js$/, '.ts')));
  });
  for (const file of orphans) {
    for (const ending of ['.js', '.js.map', '.d.ts']) {
      rmSync(file.replace(/\.js$/, ending), { force: true });
    }
  }
  return orphans.length > 0;
}

function filesBelow(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.d.ts'),
    )
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function run(step, command, args) {
  const begun = Date.now();
  process.stderr.write(`• ${step} …\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(
      `error SETUP_FAILED: step "${step}" failed: ${error?.message ?? `exit ${status}`}`,
    );
    console.error(`  Run it by hand to see more: ${command} ${args.join(' ')}`);
    process.exit(1);
  }
  process.stderr.write(`• ${step}: ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}
