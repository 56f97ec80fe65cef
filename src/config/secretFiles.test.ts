import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperationalError } from '../ops/errors.ts';
import { fileConditions, fileOf, secretOf } from './secretFiles.ts';

describe('secretFiles', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-secret-'));
    file = join(folder, 'secret');
    writeFileSync(file, 'first\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(file, { force: true });
  });
  const password = () =>
    secretOf(
      { ONHAND_REDIS_PASSWORD: 'given', ONHAND_REDIS_PASSWORD_FILE: file },
      'ONHAND_REDIS_PASSWORD',
    );
  const conditions = () => fileConditions().filter(({ reason }) => reason.includes('REDIS'));

  it('reads a secret anew each time, and one without a file never', () => {
    expect(password()).to.equal('first');
    writeFileSync(file, 'second\n');
    expect(password()).to.equal('second');
    expect(secretOf({ ONHAND_REDIS_PASSWORD: 'given' }, 'ONHAND_REDIS_PASSWORD')).to.equal('given');
  });

  it('keeps what a file held last while it is away or empty, and tells of it as long', () => {
    password();
    for (const spoil of [() => rmSync(file), () => writeFileSync(file, '')]) {
      spoil();
      expect(password()).to.equal('first');
      const [condition] = conditions();
      expect(condition).to.include({ code: 'FILE_UNREADABLE' });
      expect(condition!.reason).to.include('ONHAND_REDIS_PASSWORD_FILE').and.not.include('first');
      expect(conditions()[0]!.since).to.equal(condition!.since);
    }
    writeFileSync(file, 'third');
    expect(conditions()).to.be.empty;
    expect(password()).to.equal('third');
  });

  it('takes the given value of a file that this process or thread has never read', () => {
    rmSync(file);
    expect(password()).to.equal('given');
    writeFileSync(file, 'second');
    expect(conditions()).to.be.empty;
  });

  it('refuses a file that never could be read, with its setting', () => {
    rmSync(file);
    expect(() => fileOf('ONHAND_REDIS_CA_FILE', file))
      .to.throw(OperationalError, /ONHAND_REDIS_CA_FILE/)
      .with.property('code', 'CONFIG_INVALID');
    writeFileSync(file, 'second');
    expect(conditions()).to.be.empty;
  });
});
