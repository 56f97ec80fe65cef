import { expect } from 'chai';
import { RegistryClient } from '../src/messaging/registry/registryClient.ts';
import { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { learnSchemas } from './learnSchemas.ts';

/** A registry that is away for the first call, and has a schema with id 7 and none else. */
class FlakyClient extends RegistryClient {
  calls = 0;

  override schemaById(id: number) {
    if (++this.calls === 1) return Promise.reject(new Error('away'));
    return Promise.resolve(id === 7 ? { schema: '"string"' } : undefined);
  }
}

const settings = { ONHAND_SCHEMA_REGISTRY_URL: 'http://127.0.0.1' };
const ids = [7, 8].map((id) => Buffer.from([0, 0, 0, 0, id, 2, 0x61]));
const records = ids.map((value) => ({ value }));

describe('learnSchemas', () => {
  it('goes on until the registry has told of every id, found or not', async () => {
    const client = new FlakyClient(settings);
    const registry = new SchemaRegistry(client);
    const unlearned = registry.unlearned([...records, ...records, { value: null }]);
    expect([...unlearned]).to.deep.equal([7, 8]);
    expect(await learnSchemas(registry, unlearned, silentLogger, () => true)).to.be.true;
    expect(client.calls).to.equal(3);
    expect(registry.unlearned(records).size).to.equal(0);
    expect(registry.plain(ids[0]!)?.toString('hex')).to.match(/^c301.{16}0261$/);
    expect(registry.plain(ids[1]!)).to.equal(ids[1]);
  });

  it('gives up when the records are not wanted any more', async () => {
    const client = new FlakyClient(settings);
    const registry = new SchemaRegistry(client);
    const unlearned = registry.unlearned(records);
    const areWanted = () => client.calls === 0;
    expect(await learnSchemas(registry, unlearned, silentLogger, areWanted)).to.be.false;
    expect(client.calls).to.equal(1);
  });
});
