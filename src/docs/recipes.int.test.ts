import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Processor } from '../cli/processor.ts';
import { packageRoot } from '../config/packageRoot.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
/** Inside the package, so that `onhand/…` means what a user's program would get. */
const folder = join(packageRoot, 'dist', 'recipes');

describe('the recipes of the README, as written', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  const children: ChildProcess[] = [];
  before(async () => {
    mkdirSync(folder, { recursive: true });
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await processor?.stop();
    await onhand?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(recipe: string): ChildProcess {
    const code = new RegExp(`<!-- recipe ${recipe} -->\n\`\`\`js\n([^]*?)\`\`\``).exec(readme)?.[1];
    expect(code, recipe).not.to.be.undefined;
    const file = join(folder, `${recipe}.mjs`);
    writeFileSync(file, code ?? '');
    const env = { ...process.env, ...settingsEnv(onhand.settings), ONHAND_URL: processor.url };
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }
  async function outputOf(recipe: string): Promise<string> {
    const child = run(recipe);
    const [output] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
    expect(child.exitCode).to.equal(0);
    return output;
  }

  it('reserves', async () => {
    expect(await outputOf('upstream')).to.equal('reserved\n');
  });

  it('reads a level that is at least as new as the reservation', async () => {
    const output = await outputOf('read');
    expect(output)
      .to.match(/^200 /)
      .and.match(/sequence: 2/)
      .and.match(/reserved: 2/);
  });

  it('follows levels and events', async () => {
    const feed = run('downstream');
    let output = '';
    feed.stdout?.setEncoding('utf8').on('data', (part: string) => (output += part));
    await waitUntil('the level', () => output.includes('["tea",8]'), 60_000);
    await outputOf('upstream');
    await waitUntil('the event', () => output.includes('["tea",18]'), 60_000);
    feed.kill('SIGTERM');
    await once(feed, 'exit');
    expect(feed.exitCode).to.equal(0);
  });
});
