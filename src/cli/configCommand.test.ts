import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../testing/cliChild.ts';
import { expectNoSecrets, expectOneError } from '../testing/expectOneError.ts';

interface Row {
  name: string;
  value: string;
  source: string;
  description: string;
}

const required = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_MYSQL_HOST: 'mysql' };
const secrets = {
  ONHAND_MYSQL_APP_PASSWORD: 'planted-one',
  ONHAND_KAFKA_SASL_PASSWORD: 'planted-two',
};

describe('onhand config show', function () {
  this.timeout(180_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-'));
    writeFileSync(join(folder, 'password'), 'planted-in-file\n');
    const lines = ["ONHAND_REDIS_PASSWORD='planted-in-env'", 'ONHAND_MYSQL_PORT=3307'];
    writeFileSync(join(folder, '.env'), lines.join('\n'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const show = (settings: NodeJS.ProcessEnv, ...args: string[]) =>
    runCli(['config', 'show', ...args], { ...required, ...settings }, { folder });
  const everySecret = {
    ...secrets,
    ONHAND_REDIS_PASSWORD: 'planted-in-env',
    ONHAND_MYSQL_READ_PASSWORD: 'planted-in-file',
  };

  it('prints values and where they are from, secrets masked, as JSON', async () => {
    const file = join(folder, 'password');
    const settings = { ...secrets, ONHAND_MYSQL_READ_PASSWORD_FILE: file };
    const { code, stdout, stderr } = await show(settings, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expectNoSecrets(stdout, everySecret);
    const rows = new Map((JSON.parse(stdout) as Row[]).map((row) => [row.name, row]));
    for (const [name, value, source] of [
      ['ONHAND_KAFKA_BROKERS', 'kafka:9092', 'environment'],
      ['ONHAND_MYSQL_PORT', '3307', '.env'],
      ['ONHAND_PARTITIONS', '12', 'default'],
      ['ONHAND_MYSQL_APP_PASSWORD', '********', 'environment'],
      ['ONHAND_REDIS_PASSWORD', '********', '.env'],
      ['ONHAND_MYSQL_READ_PASSWORD', '********', 'environment'],
    ] as const) {
      expect(rows.get(name), name).to.include({ value, source });
      expect(rows.get(name)?.description).not.to.be.empty;
    }
  });

  it('prints a plain table, secrets masked', async () => {
    const { code, stdout } = await show(secrets);
    expect(code).to.equal(0);
    expect(stdout).to.match(/ONHAND_MYSQL_APP_PASSWORD\s+│ \*{8} /);
    expect(stdout).not.to.include('\u001b');
    expectNoSecrets(stdout, everySecret);
  });

  it('has no colours off a terminal, whatever CI sets', async () => {
    const { stderr } = await show({ ONHAND_PARTITIONS: '0', CI: 'true', FORCE_COLOR: '1' });
    expect(stderr)
      .to.match(/^error CONFIG_INVALID/)
      .and.not.to.include('\u001b');
  });

  it('names every wrong setting in one error', async () => {
    const wrong = {
      ...secrets,
      ONHAND_PARTITIONS: '0',
      ONHAND_MYSQL_PORT: 'abc',
      ONHAND_LOG_LEVEL: 'loud',
      ONHAND_KAFKA_SSL: 'perhaps',
    };
    const result = await show(wrong);
    expectOneError(result, 'CONFIG_INVALID', everySecret);
    const named = result.stderr.match(/ONHAND_[A-Z_]+(?= \()/g);
    expect(named).to.have.members([
      'ONHAND_PARTITIONS',
      'ONHAND_MYSQL_PORT',
      'ONHAND_LOG_LEVEL',
      'ONHAND_KAFKA_SSL',
    ]);
  });

  it('names the variable whose secret cannot be read', async () => {
    const missing = { ...secrets, ONHAND_MYSQL_APP_PASSWORD: '' };
    const file = { ONHAND_MYSQL_APP_PASSWORD_FILE: join(folder, 'none') };
    const result = await show({ ...missing, ...file });
    expectOneError(result, 'CONFIG_INVALID', everySecret);
    expect(result.stderr).to.include('ONHAND_MYSQL_APP_PASSWORD_FILE');
  });

  it('says so when a command does not exist', async () => {
    const { code, stderr } = await runCli(['confgi'], required, { folder });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: unknown command 'confgi'\n\(Did you mean config\?\)/);
  });
});
