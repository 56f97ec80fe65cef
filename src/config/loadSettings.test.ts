import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperationalError } from '../ops/errors.ts';
import { givenSettings, loadSettings } from './loadSettings.ts';

const required = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_MYSQL_HOST: 'mysql' };

function failure(env: NodeJS.ProcessEnv): OperationalError {
  try {
    loadSettings({ ...required, ...env });
  } catch (error) {
    if (error instanceof OperationalError) return error;
  }
  throw new Error('no OperationalError was thrown');
}

describe('loadSettings', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'onhand-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('types what is text in the environment, and fills in defaults', () => {
    const { values, sources } = loadSettings({
      ...required,
      ONHAND_PARTITIONS: '24',
      ONHAND_KAFKA_SSL: 'true',
    });
    expect(values).to.include({ ONHAND_PARTITIONS: 24, ONHAND_KAFKA_SSL: true });
    expect(values.ONHAND_RESERVATION_TTL_SECONDS).to.equal(1800);
    expect(sources).to.include({
      ONHAND_PARTITIONS: 'environment',
      ONHAND_RESERVATION_TTL_SECONDS: 'default',
    });
  });

  it('takes an empty variable for none', () => {
    const { values, sources } = loadSettings({ ...required, ONHAND_PARTITIONS: '' });
    expect(values.ONHAND_PARTITIONS).to.equal(12);
    expect(sources.ONHAND_PARTITIONS).to.equal('default');
  });

  it('reads a secret from a file, without the end of its line', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'planted \n');
    const { values } = loadSettings({ ...required, ONHAND_MYSQL_APP_PASSWORD_FILE: file });
    expect(values.ONHAND_MYSQL_APP_PASSWORD).to.equal('planted');
  });

  it('prefers a secret that is given itself to one in a file', () => {
    const env = { ONHAND_MYSQL_APP_PASSWORD: 'own', ONHAND_MYSQL_APP_PASSWORD_FILE: '/no/such' };
    expect(loadSettings({ ...required, ...env }).values.ONHAND_MYSQL_APP_PASSWORD).to.equal('own');
  });

  it('reads no file for what is no secret', () => {
    const { values } = loadSettings({ ...required, ONHAND_TOPIC_PREFIX_FILE: '/no/such' });
    expect(values.ONHAND_TOPIC_PREFIX).to.equal('');
  });

  it('names every wrong setting at once, with its meaning', () => {
    const { code, message, hint } = failure({
      ONHAND_PARTITIONS: '0',
      ONHAND_MYSQL_DATABASE: 'a b',
      ONHAND_LOG_LEVEL: 'loud',
    });
    expect(code).to.equal('CONFIG_INVALID');
    expect(message.trim().split('\n')).to.have.length(3);
    expect(message).to.match(/ONHAND_PARTITIONS \(.+\): /);
    expect(message).to.match(/ONHAND_MYSQL_DATABASE \(.+\): letters, digits and _ only/);
    expect(hint).not.to.be.empty;
  });

  it('names the variable of a secret that cannot be read', () => {
    const { message } = failure({ ONHAND_REDIS_PASSWORD_FILE: join(folder, 'none') });
    expect(message).to.include('ONHAND_REDIS_PASSWORD_FILE');
  });

  it('tells what a person gave from what a local stack left', () => {
    expect(givenSettings({ ONHAND_MYSQL_HOST: 'mysql' })).to.include({
      ONHAND_MYSQL_HOST: 'mysql',
    });
    expect(givenSettings({})).not.to.have.property('ONHAND_PARTITIONS');
  });
});
