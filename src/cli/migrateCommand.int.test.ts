import { expect } from 'chai';
import { runCli } from '../testing/cliChild.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';

describe('onhand migrate', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    database = await testDatabase({}, false);
    env = settingsEnv(database.settings);
  });
  after(() => database?.close());

  const migrations = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(['migrate', '--json', ...args], env);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return JSON.parse(stdout) as { applied: string[]; pending: string[] };
  };

  it('says what is pending, applies it, and then has nothing to do', async () => {
    const { pending, applied } = await migrations('--dry-run');
    expect(pending).to.include('001_stock_engine');
    expect(applied).to.deep.equal([]);
    expect(await migrations()).to.deep.equal({ applied: pending, pending: [] });
    expect(await migrations()).to.deep.equal({ applied: [], pending: [] });
    const { stdout } = await runCli(['migrate'], env);
    expect(stdout).to.equal('applied: none, the schema is up to date\n');
  });

  for (const [what, code, change] of [
    ['no MySQL answers', 'MYSQL_UNREACHABLE', { ONHAND_MYSQL_PORT: '1' }],
    [
      'the password is wrong',
      'MYSQL_AUTH_FAILED',
      { ONHAND_MYSQL_MIGRATE_PASSWORD: 'planted-secret' },
    ],
    [
      'there is no such database',
      'MYSQL_SCHEMA_MISSING',
      { ONHAND_MYSQL_DATABASE: 'onhand_t_none' },
    ],
    ['it may not use the database', 'MYSQL_SCHEMA_MISSING', { ONHAND_MYSQL_DATABASE: 'mysql' }],
    [
      'a user to grant rights to is missing',
      'MYSQL_AUTH_FAILED',
      { ONHAND_MYSQL_APP_USER: 'none' },
    ],
  ] as const) {
    it(`says ${code} when ${what}`, async () => {
      const wrong = { ...env, ...change };
      expectOneError(await runCli(['migrate'], wrong), code, wrong);
    });
  }
});
