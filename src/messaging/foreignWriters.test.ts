import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { vectors } from '../docs/vectors.ts';
import { loadAvroSchema, schemaFolder } from './avroSchema.ts';
import { DecodeError } from './decodeError.ts';
import { decodeOrderEvent } from './orderEventCodec.ts';
import { encodeSingleObject } from './singleObject.ts';
import { decodeStockCommand, encodeStockCommand, stockCommandSchema } from './stockCommandCodec.ts';
import { strictSchema, strictSchemas } from './strictSchema.ts';
import { withWideLongs } from './wideLongs.ts';
import { fingerprintsOf } from './writerSchemas.ts';

const reserve = {
  kind: 'ReserveStock',
  commandId: 'c-1',
  sku: 'tea',
  location: 'main',
  orderId: 'o-1',
  quantity: 5,
  minimum: null,
  expiresAt: 1_700_000_000_000,
  ttlSeconds: null,
} as const;
const head = { commandId: 'c-1', sku: 'tea', location: 'main', reply: false };

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DecodeError) return `${error.failure}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('messages of writers in other languages', () => {
  it('are read under each fingerprint that libraries compute of a schema', () => {
    const bytes = encodeStockCommand(reserve);
    const fingerprints = fingerprintsOf(stockCommandSchema);
    expect(new Set(fingerprints).size).to.equal(3);
    for (const fingerprint of fingerprints) {
      const foreign = Buffer.from(bytes);
      foreign.write(fingerprint, 2, 'hex');
      expect(decodeStockCommand(foreign), fingerprint).to.deep.equal(reserve);
    }
  });

  it('have the fingerprints that were seen in other languages', () => {
    // avsc, Java, fastavro and twmb; Python's avro, Rust and goavro; hamba.
    expect(fingerprintsOf(loadAvroSchema('StockLevel'))).to.deep.equal([
      '00e8b72f2d3e111e',
      'b07819531f16a877',
      '63c0c5555bce53d7',
    ]);
  });

  it('are refused when they say that they are of another kind than they are', () => {
    const body = { 'onhand.ConfirmReservation': { orderId: 'o-1', quantity: null } };
    const message = (kind: string) =>
      encodeSingleObject(stockCommandSchema, { ...head, kind, body });
    expect(decodeStockCommand(message(''))).to.include({ kind: 'ConfirmReservation' });
    expect(decodeStockCommand(message('ConfirmReservation'))).to.include({ orderId: 'o-1' });
    expect(failureOf(() => decodeStockCommand(message('ReleaseReservation')))).to.equal(
      'KIND_CONTRADICTED: the message says that it is of kind "ReleaseReservation", its body is ' +
        'ConfirmReservation',
    );
    const paid = encodeSingleObject(loadAvroSchema('OrderEvent'), {
      eventId: 'e-1',
      orderId: 'o-1',
      kind: 'OrderCancelled',
      body: { 'onhand.OrderPaid': {} },
    });
    expect(failureOf(() => decodeOrderEvent(paid))).to.include('KIND_CONTRADICTED');
  });

  it('may hold numbers that no double holds: they are out of every range, not broken', () => {
    const wide = withWideLongs(stockCommandSchema);
    for (const value of [2 ** 53, 2 ** 62, -(2 ** 62)]) {
      const body = { 'onhand.ReserveStock': { ...reserve, quantity: value, expiresAt: value } };
      const bytes = encodeSingleObject(wide, { ...head, kind: '', body });
      const limit = Math.sign(value) * 2 ** 52;
      const read = decodeStockCommand(bytes);
      expect(read).to.deep.equal({ ...reserve, quantity: limit, expiresAt: limit });
      // What is refused goes on as an event, in which it has to be writable.
      expect(decodeStockCommand(encodeStockCommand(read))).to.deep.equal(read);
    }
  });

  it('may hold them under another schema, too', () => {
    const strict = loadAvroSchema('strict/StockCommand');
    const fields = { ...reserve, expiresAt: 2 ** 62 };
    const bytes = encodeSingleObject(withWideLongs(strict), {
      ...head,
      kind: '',
      body: { 'onhand.ReserveStock': fields },
    });
    expect(decodeStockCommand(bytes)).to.include({ expiresAt: 2 ** 52 });
  });
});

describe('what is published for them (npm run docs)', () => {
  for (const name of strictSchemas) {
    it(`schemas/strict/${name}.avsc is the schema with a required kind`, () => {
      const file = join(schemaFolder, 'strict', `${name}.avsc`);
      expect(readFileSync(file, 'utf8')).to.equal(strictSchema(loadAvroSchema(name)));
    });
  }
  it('schemas/vectors.json is what this version writes', () => {
    expect(readFileSync(join(schemaFolder, 'vectors.json'), 'utf8')).to.equal(vectors());
  });
});
