import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../src/config/packageRoot.ts';
import { dumpSchema } from '../src/storage/dumpSchema.ts';
import { migrate } from '../src/storage/migrate.ts';
import { type TestDatabase, testDatabase } from '../src/testing/testDatabase.ts';

describe('the migrations', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase({}, false);
  });
  after(() => database?.close());

  it('say what they would do, and do nothing, in a dry run', async () => {
    const { pending, applied } = await migrate(database.settings, true);
    expect(pending[0]).to.equal('001_stock_engine');
    expect(applied).to.deep.equal([]);
    expect(await dumpSchema(database.settings)).not.to.include('CREATE TABLE');
  });

  it('make of an empty database what migrations/schema.sql says', async () => {
    const { applied } = await migrate(database.settings);
    expect(applied[0]).to.equal('001_stock_engine');
    const file = readFileSync(join(packageRoot, 'migrations', 'schema.sql'), 'utf8');
    expect(await dumpSchema(database.settings), 'renew it: npm run schema:dump').to.equal(file);
  });

  it('change nothing when they run again', async () => {
    const before = await dumpSchema(database.settings);
    expect(await migrate(database.settings)).to.deep.equal({ applied: [], pending: [] });
    expect(await dumpSchema(database.settings)).to.equal(before);
  });

  it('can run twice at the same time', async () => {
    const fresh = await testDatabase({}, false);
    const both = [migrate(fresh.settings), migrate(fresh.settings)];
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).to.include('fulfilled');
    expect((await migrate(fresh.settings, true)).pending).to.deep.equal([]);
    await fresh.close();
  });
});
