import { expect } from 'chai';
import { type RegistryFixture, registryFixture } from '../../testing/registryFixture.ts';
import { parseAvroSchema } from '../avroSchema.ts';
import { encodeSingleObject } from '../singleObject.ts';
import { decodeStockCommand } from '../stockCommandCodec.ts';
import { toConfluent } from './confluentFraming.ts';
import { RegistryClient } from './registryClient.ts';
import { SchemaRegistry } from './schemaRegistry.ts';

const namespace = 'onhand';
const unit = { type: 'enum', name: 'Unit', namespace, symbols: ['piece', 'box'] };
const receive = {
  type: 'record',
  name: 'ReceiveStock',
  namespace,
  fields: [
    { name: 'unit', type: 'Unit' },
    { name: 'quantity', type: 'int' },
  ],
};
const command = {
  type: 'record',
  name: 'StockCommand',
  namespace,
  fields: [
    { name: 'commandId', type: 'string' },
    { name: 'sku', type: 'string' },
    { name: 'spare', type: ['null', 'Unit'], default: null },
    {
      name: 'body',
      type: [
        'onhand.ReceiveStock',
        { type: 'record', name: 'BurnStock', fields: [{ name: 'ash', type: 'Unit' }] },
      ],
    },
  ],
};

describe('a schema that is spread over subjects of a registry', function () {
  this.timeout(300_000);
  let fixture: RegistryFixture;
  let id: number;
  before(async () => {
    fixture = await registryFixture();
    await fixture.register('unit', unit);
    await fixture.register('receive', receive, { 'onhand.Unit': 'unit' });
    id = await fixture.register('spread-command', command, {
      'onhand.Unit': 'unit',
      'onhand.ReceiveStock': 'receive',
    });
  });
  after(() => fixture?.close());

  it('is read as a whole, by its id and as a version of its subject', async () => {
    const client = new RegistryClient(fixture.settings);
    const { schema } = (await client.schemaById(id))!;
    expect((await client.version('spread-command', 1))?.schema).to.equal(schema);
    const bytes = encodeSingleObject(parseAvroSchema(schema), {
      commandId: 'spread-1',
      sku: 'bowl',
      spare: 'box',
      body: { 'onhand.ReceiveStock': { unit: 'piece', quantity: 4 } },
    });
    const record = { value: toConfluent(bytes, id) };
    const registry = new SchemaRegistry(client);
    const [plain] = await registry.plainRecords([record]);
    const read = decodeStockCommand(plain!.value);
    expect(read).to.include({ kind: 'ReceiveStock', commandId: 'spread-1', quantity: 4 });
  });
});
