import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { packageRoot } from './packageRoot.ts';
import { packageVersion } from './packageVersion.ts';

const run = promisify(execFile);

interface Lock {
  packages: Record<string, { version: string }>;
}
const packagesOf = (file: string) => {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/') && !path.endsWith('node_modules/onhand'))
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
};

describe('the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  const npm = (...args: string[]) => run('npm', args, { cwd: folder });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-packed-'));
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    await npm('pack', packageRoot, '--ignore-scripts');
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await npm('install', `./onhand-${packageVersion}.tgz`, '--engine-strict', ...quietly);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('installs on this Node with what was tested, where engines count', () => {
    const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
    expect(
      installed.filter((name) => /^(fastify|light-my-request|cookie)@/.test(name)),
    ).to.have.length(3);
    const { dependencies } = JSON.parse(
      readFileSync(join(packageRoot, 'package.json'), 'utf8'),
    ) as { dependencies: Record<string, string> };
    const direct = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
    expect(installed).to.include.members(direct);
    expect(packagesOf(join(packageRoot, 'package-lock.json'))).to.include.members(installed);
  });

  it('runs, and makes settings and clients of a program', async () => {
    const onhand = join(folder, 'node_modules', '.bin', 'onhand');
    expect((await run(onhand, ['--version'])).stdout).to.include(packageVersion);
    const program = `
      import { clientSettings } from 'onhand/clientSettings';
      import { createLogger } from 'onhand/logger';
      import { StockClient } from 'onhand/stockClient';
      const settings = clientSettings({ ONHAND_KAFKA_BROKERS: '127.0.0.1:9' });
      new StockClient(settings, createLogger({ ONHAND_LOG_LEVEL: 'silent' }));
      console.log('made');`;
    writeFileSync(join(folder, 'program.js'), program);
    expect((await run(process.execPath, ['program.js'], { cwd: folder })).stdout).to.equal(
      'made\n',
    );
  });

  it('holds the picture and pages of its README, and nothing that only a clone uses', () => {
    const inside = (path: string) => existsSync(join(folder, 'node_modules', 'onhand', path));
    for (const path of ['bench/results.svg', 'docs/backup.md', 'docs/recipes.md', 'schemas']) {
      expect(inside(path), path).to.be.true;
    }
    const needless = ['.tsbuildinfo', 'examples', 'src/docs', 'src/cli/main.js.map'];
    for (const path of needless) expect(inside(`dist/${path}`), path).to.be.false;
  });
});
