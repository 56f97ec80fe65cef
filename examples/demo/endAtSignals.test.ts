import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { packageRoot } from '../../src/config/packageRoot.ts';
import { waitUntil } from '../../src/testing/waitUntil.ts';

const compiled = (file: string) =>
  JSON.stringify(pathToFileURL(join(packageRoot, 'dist', file)).href);

/** Two processes such as those of the demo: one that watches its starter, and that starter. */
const service = `
  import { onStarterGone } from ${compiled('src/config/starterGone.js')};
  const alive = setInterval(() => undefined, 1000);
  onStarterGone(() => clearInterval(alive));`;
const starter = (file: string) => `
  import { Service } from ${compiled('examples/demo/service.js')};
  import { endAtSignals } from ${compiled('examples/demo/endAtSignals.js')};
  const services = [new Service('test', [${JSON.stringify(file)}], {}, () => undefined)];
  endAtSignals(services);
  setInterval(() => undefined, 1000);
  console.log(services[0].pid);`;

describe('processes that the demo has started', () => {
  let folder: string;
  const started: number[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-demo-'));
    writeFileSync(join(folder, 'service.mjs'), service);
    writeFileSync(join(folder, 'starter.mjs'), starter(join(folder, 'service.mjs')));
  });
  after(() => {
    for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const) {
    it(`end with it at ${signal}`, async () => {
      const demo = spawn(process.execPath, [join(folder, 'starter.mjs')], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [line] = (await once(demo.stdout, 'data')) as [Buffer];
      const pid = Number(line);
      started.push(pid, demo.pid!);
      expect(isAlive(pid)).to.be.true;
      const exit = once(demo, 'exit');
      demo.kill(signal);
      expect((await exit)[0]).to.equal(code);
      await waitUntil(`the end of process ${pid}`, () => !isAlive(pid));
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
