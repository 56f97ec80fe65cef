import { expect } from 'chai';
import fc from 'fast-check';
import { type StoredHeaders, fromStoredHeaders, toStoredHeaders } from './storedHeaders.ts';

const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
const anyHeaders = fc.dictionary(fc.string(), fc.oneof(bytes, fc.array(bytes, { minLength: 1 })));

describe('stored headers', () => {
  it('come back byte by byte, whatever they are', () => {
    fc.assert(
      fc.property(anyHeaders, (headers) => {
        const stored = JSON.parse(toStoredHeaders(headers)) as StoredHeaders;
        expect(fromStoredHeaders(stored)).to.deep.equal({ ...headers });
      }),
    );
  });

  it('are legible where they are words', () => {
    expect(toStoredHeaders({ reason: Buffer.from('EMPTY_VALUE') })).to.equal(
      '{"reason":"EMPTY_VALUE"}',
    );
  });
});
