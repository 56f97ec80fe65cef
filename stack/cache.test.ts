import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const module = new URL('cache.js', import.meta.url).href;

describe('cachedFolder', () => {
  let home = '';

  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'onhand-cache-'))));

  afterEach(() => rmSync(home, { recursive: true }));

  it('is filled once by processes that want it at the same time', async () => {
    const fill = `
      writeFileSync(join(folder, 'by'), String(process.pid));
      await sleep(300);
      return '1.2';
    `;
    const answers = await Promise.all([ask(fill), ask(fill), ask(fill)]);
    const folder = join(home, 'onhand', 'thing-1.2');
    expect(answers.map(({ folder }) => folder)).to.deep.equal([folder, folder, folder]);
    expect(answers.filter(({ filled }) => filled)).to.have.length(1);
    expect(readFileSync(join(folder, 'by'), 'utf8')).to.equal(
      String(answers.find(({ filled }) => filled)?.pid),
    );
    expect(readdirSync(join(home, 'onhand'))).to.deep.equal(['thing-1.2']);
  });

  it('does not exist after a fill that failed, and is filled by the next', async () => {
    const failed = await ask(`writeFileSync(join(folder, 'half'), ''); throw new Error('broke');`);
    expect(failed.error).to.equal('broke');
    expect(readdirSync(join(home, 'onhand'))).to.deep.equal([]);
    expect((await ask(`return '2';`)).folder).to.equal(join(home, 'onhand', 'thing-2'));
  });

  it('does not keep what a killed process left', async () => {
    await ask(`writeFileSync(join(folder, 'half'), ''); process.kill(process.pid, 'SIGKILL');`);
    expect(readdirSync(join(home, 'onhand')).join()).to.include('draft');
    await ask(`return '3';`);
    expect(readdirSync(join(home, 'onhand'))).to.deep.equal(['thing-3']);
  });

  interface Answer {
    pid?: number;
    folder?: string;
    filled?: boolean;
    error?: string;
  }

  /** Another process asks for the folder; `fill` is the code that fills it there. */
  function ask(fill: string): Promise<Answer> {
    const script = `
      import { writeFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { setTimeout as sleep } from 'node:timers/promises';
      const { cachedFolder } = await import(${JSON.stringify(module)});
      let filled = false;
      const answer = await cachedFolder('thing-', () => {}, async (folder) => {
        filled = true;
        ${fill}
      }).then((folder) => ({ folder }), (error) => ({ error: error.message }));
      console.log(JSON.stringify({ pid: process.pid, filled, ...answer }));
    `;
    const env = { ...process.env, XDG_CACHE_HOME: home };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
    return new Promise((resolve) => {
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.once('close', () => resolve(JSON.parse(printed || '{}') as Answer));
    });
  }
});
