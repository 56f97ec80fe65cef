import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { DecodeError } from './decodeError.ts';
import { rabinFingerprint } from './rabinFingerprint.ts';
import { decodeStockCommand, encodeStockCommand } from './stockCommandCodec.ts';

const receive: StockCommand = {
  kind: 'ReceiveStock',
  commandId: 'c-1',
  sku: 'BANK CHARGES',
  location: 'main',
  quantity: 2_147_483_647,
};

describe('single-object encoding', () => {
  // Values of the Avro specification's own test vectors, as signed 64-bit integers.
  for (const [schema, fingerprint] of [
    ['"null"', 7195948357588979594n],
    ['"int"', 8247732601305521295n],
    ['"string"', -8142146995180207161n],
  ] as const) {
    it(`fingerprints ${schema} as the specification does`, () => {
      expect(rabinFingerprint(schema).readBigInt64LE()).to.equal(fingerprint);
    });
  }

  it('round-trips a command', () => {
    expect(decodeStockCommand(encodeStockCommand(receive))).to.deep.equal(receive);
  });

  it('round-trips a tick, which has no names', () => {
    const decoded = decodeStockCommand(encodeStockCommand({ kind: 'ExpireDue', limit: 7 }));
    expect(decoded).to.include({ kind: 'ExpireDue', limit: 7 });
  });

  it('round-trips a message larger than its scratch buffer', () => {
    const large: StockCommand = { ...receive, sku: 'x'.repeat(20_000) };
    expect(decodeStockCommand(encodeStockCommand(large))).to.deep.equal(large);
  });

  for (const [failure, bytes] of [
    ['EMPTY_VALUE', null],
    ['EMPTY_VALUE', Buffer.alloc(0)],
    ['NOT_SINGLE_OBJECT_ENCODED', Buffer.from('{"json": true}')],
    ['UNKNOWN_SCHEMA', Buffer.from('c3010000000000000000', 'hex')],
    ['BROKEN_BODY', encodeStockCommand(receive).subarray(0, 14)],
    ['BROKEN_BODY', Buffer.concat([encodeStockCommand(receive), Buffer.from([1])])],
  ] as const) {
    it(`names ${failure} for ${bytes?.toString('hex') ?? 'no value'}`, () => {
      expect(() => decodeStockCommand(bytes))
        .to.throw(DecodeError)
        .with.property('failure', failure);
    });
  }
});
