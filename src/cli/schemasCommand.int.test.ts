import { expect } from 'chai';
import type { Settings } from '../config/settings.ts';
import { topicsWithSchema } from '../messaging/registry/ownSchemas.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { freePort } from '../../stack/freePort.ts';
import { runCli } from '../testing/cliChild.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { type RegistryFixture, registryFixture } from '../testing/registryFixture.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';

interface Listed {
  subject: string;
  status: string;
  detail: string;
  versions: { version: number; id: number; fingerprint: string }[];
}

describe('onhand schemas', function () {
  this.timeout(180_000);
  let fixture: RegistryFixture;
  let installation: TestInstallation;
  let settings: Settings;
  before(async function () {
    this.timeout(300_000);
    fixture = await registryFixture();
    installation = await testInstallation(fixture.settings);
    settings = installation.settings;
  });
  after(async () => {
    await installation?.close();
    await fixture?.close();
  });

  const onhand = (args: string[], more: Partial<Settings> = {}) =>
    runCli(args, settingsEnv({ ...settings, ...more }));
  const schemas = (...args: string[]) => onhand(['schemas', ...args]);
  const list = async () => JSON.parse((await schemas('list', '--json')).stdout) as Listed[];
  const statuses = async () => new Set((await list()).map(({ status }) => status));

  it('says what is missing, and a processor does not start then', async () => {
    const check = await schemas('check');
    expectOneError(check, 'SCHEMA_NOT_REGISTERED', settingsEnv(settings));
    expect(check.stderr).to.include('onhand schemas register');
    for (const { name } of topicsWithSchema(topicRegistry(settings))) {
      expect(check.stdout).to.include(`${name}-value`);
    }
    const run = await onhand(['run'], { ONHAND_LOG_LEVEL: 'silent' });
    expectOneError(run, 'SCHEMA_NOT_REGISTERED', settingsEnv(settings));
  });

  it('registers nothing in a dry run', async () => {
    const dry = await schemas('register', '--dry-run');
    expect(dry).to.include({ code: 0, stderr: '' });
    expect(dry.stdout).to.include('would be registered');
    expect(await statuses()).to.deep.equal(new Set(['missing']));
  });

  it('registers what is missing, and again changes nothing', async () => {
    const made = await schemas('register');
    expect(made).to.include({ code: 0, stderr: '' });
    const first = await list();
    expect(new Set(first.map(({ status }) => status))).to.deep.equal(new Set(['registered']));
    expect(first.every(({ versions }) => versions.length > 0)).to.be.true;
    expect((await schemas('register')).code).to.equal(0);
    expect(await list()).to.deep.equal(first);
    expect((await schemas('check')).code).to.equal(0);
  });

  it('refuses a subject in which something else is registered', async () => {
    const subject = `${topicRegistry(settings).stockLevels.name}-value`;
    await fixture.register(subject, { type: 'record', name: 'Other', fields: [] });
    const check = await schemas('check');
    expectOneError(check, 'SCHEMA_INCOMPATIBLE', settingsEnv(settings));
    expect(check.stderr).to.include(`${subject}: version 2`);
    expectOneError(await schemas('register'), 'SCHEMA_INCOMPATIBLE', settingsEnv(settings));
    expect((await schemas('list')).code).to.equal(0);
  });

  it('names the rule of a registry that would refuse ours', async () => {
    const prefix = `${settings.ONHAND_TOPIC_PREFIX}ruled-`;
    const registry = topicRegistry({ ...settings, ONHAND_TOPIC_PREFIX: prefix });
    const subject = `${registry.stockLevels.name}-value`;
    // Ours can read this one, but its readers could not read ours.
    const fields = [
      { name: 'extra', type: 'string' },
      { name: 'sku', type: 'string' },
    ];
    const numbers = ['onHand', 'reserved', 'sequence', 'time'];
    await fixture.register(subject, {
      type: 'record',
      name: 'StockLevel',
      namespace: 'onhand',
      fields: [
        ...fields,
        { name: 'location', type: 'string' },
        ...numbers.map((name) => ({ name, type: 'long' })),
      ],
    });
    await fixture.put(`/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' });
    const check = await onhand(['schemas', 'check'], { ONHAND_TOPIC_PREFIX: prefix });
    expectOneError(check, 'SCHEMA_INCOMPATIBLE', settingsEnv(settings));
    expect(check.stderr).to.include('the registry would refuse ours').and.include('extra');
  });

  it('names a registry that is not there, and one that is not configured', async () => {
    const port = await freePort();
    const away = { ONHAND_SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}` };
    for (const args of [['schemas', 'list'], ['run']]) {
      const result = await onhand(args, { ...away, ONHAND_LOG_LEVEL: 'silent' });
      expectOneError(result, 'SCHEMA_REGISTRY_UNREACHABLE', settingsEnv(settings));
      expect(result.stderr).to.include(`127.0.0.1:${port}`);
    }
    const none = await onhand(['schemas', 'list'], { ONHAND_SCHEMA_REGISTRY_URL: undefined });
    expectOneError(none, 'CONFIG_INVALID', settingsEnv(settings));
  });
});
