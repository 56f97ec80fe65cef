import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { loadAvroSchema } from '../src/messaging/avroSchema.ts';
import { RegistryClient } from '../src/messaging/registry/registryClient.ts';
import { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { recordBytes } from '../src/engine/laneRecord.ts';
import { laneRecords } from './laneRecords.ts';

const message: KafkaMessage = {
  offset: '9007199254740991',
  timestamp: '1700000000000',
  attributes: 0,
  key: Buffer.from('tea'),
  value: null,
  headers: { one: Buffer.from([0xff]), two: [Buffer.from('a'), 'b'], none: undefined },
};

describe('laneRecords', () => {
  it('turns offsets and times into numbers, and keeps bytes', () => {
    const { headers, ...record } = laneRecords([message])[0]!;
    expect(record).to.deep.equal({
      offset: Number.MAX_SAFE_INTEGER,
      timestamp: 1_700_000_000_000,
      key: message.key,
      value: null,
    });
    expect(headers).to.deep.equal({
      one: Buffer.from([0xff]),
      two: [Buffer.from('a'), Buffer.from('b')],
      none: Buffer.alloc(0),
    });
  });

  it('takes a record without headers', () => {
    const { headers: _, ...bare } = message;
    expect(laneRecords([{ ...bare, size: 0 }])[0]!.headers).to.deep.equal({});
  });

  it('keeps what named its schema by an id as it came, beside what can be read', () => {
    const client = new RegistryClient({ ONHAND_SCHEMA_REGISTRY_URL: 'http://127.0.0.1' });
    const registry = new SchemaRegistry(client);
    registry.add(258, loadAvroSchema('StockCommand'));
    const plain = encodeStockCommand({ kind: 'ExpireDue', limit: 7 });
    const framed = registry.framed(plain);
    expect(framed.toString('hex')).to.equal(`0000000102${plain.toString('hex', 10)}`);
    const values = [framed, plain, null];
    const messages = values.map((value) => ({ ...message, value }));
    const records = laneRecords(messages, registry);
    expect(records.map(({ value }) => value)).to.deep.equal([plain, plain, null]);
    expect(records.map(({ received }) => received)).to.deep.equal([framed, undefined, undefined]);
    const bytes = records.map((record) => recordBytes(record));
    expect(bytes[0]).to.equal(bytes[1]! + framed.length);
  });
});
