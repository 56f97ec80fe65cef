import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { type AvroSchema, loadAvroSchema, parseAvroSchema } from './avroSchema.ts';
import { DecodeError } from './decodeError.ts';
import { schemaReader, whyUnreadable } from './schemaReader.ts';
import { encodeSingleObject } from './singleObject.ts';
import { decodeStockCommand, encodeStockCommand } from './stockCommandCodec.ts';
import { addWriterSchema } from './writerSchemas.ts';

interface Field {
  name: string;
  type: unknown;
  default?: unknown;
}
interface Kind {
  type: 'record';
  name: string;
  fields: Field[];
}

const present = loadAvroSchema('StockCommand');
const receive: StockCommand = {
  kind: 'ReceiveStock',
  commandId: 'c-1',
  sku: 'tea',
  location: 'main',
  quantity: 5,
};

/** The present schema of commands after a change to its fields and its kinds. */
function changed(change: (fields: Field[], kinds: Kind[]) => void): AvroSchema {
  const schema = JSON.parse(present.text) as { fields: Field[] };
  const body = schema.fields.find(({ name }) => name === 'body')!;
  change(schema.fields, body.type as Kind[]);
  return parseAvroSchema(JSON.stringify(schema));
}

const bodyOf = (bytes: Buffer) => bytes.subarray(10);
const written = (schema: AvroSchema, body: object, more: object = {}) =>
  encodeSingleObject(schema, { commandId: 'c-1', sku: 'tea', ...more, body });

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DecodeError) return error.failure;
    throw error;
  }
  return 'none';
}

describe('schema evolution', () => {
  const receiveStock = { 'onhand.ReceiveStock': { quantity: 5 } };

  it('reads newer bytes with a field that is not known here', () => {
    const newer = changed((fields, kinds) => {
      fields.unshift({ name: 'urgency', type: 'int', default: 0 });
      kinds[0]!.fields.push({ name: 'supplier', type: ['null', 'string'], default: null });
    });
    addWriterSchema(newer);
    const body = { 'onhand.ReceiveStock': { quantity: 5, supplier: 'Acme' } };
    const bytes = written(newer, body, { urgency: 9 });
    expect(decodeStockCommand(bytes)).to.deep.equal(receive);
  });

  it('reads older bytes by a schema with a new field: it has its default', () => {
    const newer = changed((fields) => fields.push({ name: 'urgency', type: 'int', default: 3 }));
    const value = schemaReader(newer, present)(bodyOf(encodeStockCommand(receive)));
    expect(value).to.include({ sku: 'tea', urgency: 3 });
  });

  it('reads older bytes that lack a field of today: it has its default', () => {
    const older = changed((fields) => {
      fields.splice(
        fields.findIndex(({ name }) => name === 'location'),
        1,
      );
    });
    addWriterSchema(older);
    expect(decodeStockCommand(written(older, receiveStock))).to.deep.equal(receive);
  });

  it('cannot read older bytes by a schema whose new field has no default', () => {
    const newer = changed((fields) => fields.push({ name: 'urgency', type: 'int' }));
    expect(whyUnreadable(newer, present)).to.include('urgency');
    expect(failureOf(() => schemaReader(newer, present))).to.equal('UNREADABLE_SCHEMA');
  });

  it('cannot read bytes in which a field has another type', () => {
    const other = changed((_, kinds) => (kinds[0]!.fields[0]!.type = 'string'));
    addWriterSchema(other);
    const bytes = written(other, { 'onhand.ReceiveStock': { quantity: 'five' } });
    expect(failureOf(() => decodeStockCommand(bytes))).to.equal('UNREADABLE_SCHEMA');
  });

  it('reads the kinds it knows of a newer schema, and names the one it does not', () => {
    const newer = changed((_, kinds) =>
      kinds.splice(1, 0, {
        type: 'record',
        name: 'BurnStock',
        fields: [{ name: 'ash', type: 'long' }],
      }),
    );
    addWriterSchema(newer);
    expect(whyUnreadable(present, newer)).to.include('BurnStock');
    expect(decodeStockCommand(written(newer, receiveStock))).to.deep.equal(receive);
    const unknown = written(newer, { 'onhand.BurnStock': { ash: 5 } });
    expect(() => decodeStockCommand(unknown))
      .to.throw(DecodeError, 'onhand.BurnStock')
      .with.property('failure', 'UNKNOWN_KIND');
  });

  it('reads the kinds it knows when an unknown one shares types with them', () => {
    const newer = loadAvroSchema('OrderStockEvent');
    const schema = JSON.parse(newer.text) as { fields: Field[] };
    const body = schema.fields.find(({ name }) => name === 'body')!;
    const kinds = body.type as Kind[];
    const older = parseAvroSchema(
      JSON.stringify({
        ...schema,
        fields: schema.fields.map((field) =>
          field === body ? { ...body, type: kinds.slice(0, 1) } : field,
        ),
      }),
    );
    const value = newer.type.random() as unknown as { body: object };
    const [known, unknown] = (
      newer.type as unknown as { field(name: string): { type: Union } }
    ).field('body').type.types;
    const read = schemaReader(older, newer);
    const inKind = (kind: Branch) =>
      newer.type.toBuffer({ ...value, body: { [kind.branchName]: kind.random() } });
    expect(read(inKind(known!)))
      .to.have.property('body')
      .with.property(known!.branchName);
    expect(failureOf(() => read(inKind(unknown!)))).to.equal('UNKNOWN_KIND');
  });

  it('reads nothing that is written under another record name', () => {
    const other = parseAvroSchema(present.text.replace('"StockCommand"', '"Order"'));
    expect(failureOf(() => schemaReader(present, other))).to.equal('UNREADABLE_SCHEMA');
  });

  it('names bytes that end too early, whatever wrote them', () => {
    const newer = changed((fields) => fields.push({ name: 'late', type: 'int', default: 3 }));
    addWriterSchema(newer);
    const bytes = written(newer, receiveStock, { late: 1 });
    expect(failureOf(() => decodeStockCommand(bytes.subarray(0, 14)))).to.equal('BROKEN_BODY');
  });
});

interface Branch {
  branchName: string;
  random(): unknown;
}
interface Union {
  types: Branch[];
}
