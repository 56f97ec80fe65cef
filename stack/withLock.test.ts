import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { withLock } from './withLock.ts';

const module = new URL('withLock.js', import.meta.url).href;
const nothing = () => undefined;

describe('withLock', () => {
  let folder = '';
  let lock = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-lock-'));
    lock = join(folder, 'some.lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one at a time in, tells who waits whom for, and leaves no file', async () => {
    const steps: string[] = [];
    const waited: number[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} in`);
      await sleep(50);
      steps.push(`${name} out`);
    };
    await Promise.all([
      withLock(lock, nothing, work('a')),
      withLock(lock, (pid) => waited.push(pid), work('b')),
    ]);
    expect(steps).to.deep.equal(['a in', 'a out', 'b in', 'b out']);
    expect(waited).to.deep.equal([process.pid]);
    expect(existsSync(lock)).to.equal(false);
  });

  it('is free again after an error', async () => {
    const failed = withLock(lock, nothing, () => Promise.reject(new Error('no')));
    expect(await failed.catch((error: Error) => error.message)).to.equal('no');
    expect(await withLock(lock, nothing, () => Promise.resolve('in'))).to.equal('in');
  });

  it('is taken over from a process that died, and from one with a re-used pid', async () => {
    const script = `
      const { withLock } = await import(${JSON.stringify(module)});
      await withLock(${JSON.stringify(lock)}, () => {}, () => process.kill(process.pid, 'SIGKILL'));
    `;
    spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(existsSync(lock)).to.equal(true);
    await withLock(lock, nothing, () => Promise.resolve());
    writeFileSync(lock, JSON.stringify({ pid: process.pid, startTime: '1' }));
    await withLock(lock, nothing, () => Promise.resolve());
  });

  it('counts right when many processes find the lock of a dead one', async () => {
    const count = join(folder, 'count');
    writeFileSync(count, '0');
    writeFileSync(lock, JSON.stringify({ pid: process.pid, startTime: '1' }));
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      const { withLock } = await import(${JSON.stringify(module)});
      await withLock(${JSON.stringify(lock)}, () => {}, async () => {
        const seen = Number(readFileSync(${JSON.stringify(count)}, 'utf8'));
        await sleep(20);
        writeFileSync(${JSON.stringify(count)}, String(seen + 1));
      });
    `;
    const one = () =>
      new Promise((resolve) => {
        spawn(process.execPath, ['--input-type=module', '-e', script]).once('close', resolve);
      });
    await Promise.all(Array.from({ length: 6 }, one));
    expect(readFileSync(count, 'utf8')).to.equal('6');
  });
});
