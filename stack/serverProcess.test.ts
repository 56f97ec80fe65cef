import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { OperationalError } from '../src/ops/errors.ts';
import { endProcess, isAlive, startDetached, startTimeOf } from './serverProcess.ts';

const whatLinuxTells = existsSync('/proc/self/stat') ? it : it.skip;

describe('a server process', () => {
  let folder = '';
  let logFile = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-process-'));
    logFile = join(folder, 'server.log');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is alive until it is ended, and both are harmless to repeat', async () => {
    const server = startDetached('sleep', ['60'], { cwd: folder, logFile });
    expect(isAlive(server)).to.equal(true);
    expect(await endProcess(server, 'SIGTERM', 5000)).to.equal(true);
    expect(isAlive(server)).to.equal(false);
    expect(await endProcess(server, 'SIGTERM', 5000)).to.equal(true);
  });

  it('says so when a signal does not end it in time', async () => {
    const script = 'trap "" TERM; echo ready; while :; do sleep 1; done';
    const server = startDetached('sh', ['-c', script], { cwd: folder, logFile });
    while (!readFileSync(logFile, 'utf8').includes('ready')) await sleep(10);
    expect(await endProcess(server, 'SIGTERM', 200)).to.equal(false);
    expect(await endProcess(server, 'SIGKILL', 5000)).to.equal(true);
  });

  whatLinuxTells('never signals another process that has its pid now', async () => {
    const other = startDetached('sleep', ['60'], { cwd: folder, logFile });
    const earlier = { pid: other.pid, startTime: `${Number(other.startTime) - 1}` };
    expect(isAlive(earlier)).to.equal(false);
    expect(await endProcess(earlier, 'SIGKILL', 1000)).to.equal(true);
    expect(isAlive(other)).to.equal(true);
    await endProcess(other, 'SIGKILL', 5000);
  });

  it('keeps the settings of this process from the server', async () => {
    process.env.ONHAND_REDIS_PASSWORD = 'for nobody else';
    const server = startDetached('sh', ['-c', 'env; echo end; sleep 60'], { cwd: folder, logFile });
    delete process.env.ONHAND_REDIS_PASSWORD;
    while (!readFileSync(logFile, 'utf8').includes('end')) await sleep(10);
    await endProcess(server, 'SIGKILL', 5000);
    expect(readFileSync(logFile, 'utf8')).to.include('PATH=').and.not.include('ONHAND_');
  });

  it('fails with the name of a program that is not there', () => {
    const start = () => startDetached(join(folder, 'none'), [], { cwd: folder, logFile });
    expect(start).to.throw(OperationalError, 'none');
  });

  whatLinuxTells('has a start time only while its pid exists', () => {
    expect(startTimeOf(process.pid)).to.match(/^\d+$/);
    expect(startTimeOf(4_194_305)).to.equal(undefined);
  });
});
