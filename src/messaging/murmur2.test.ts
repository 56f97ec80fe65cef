import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { murmur2 } from './murmur2.ts';

const murmur2OfKafkajs = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2.js',
) as (key: Buffer) => number;

describe('murmur2', () => {
  // The vectors of Apache Kafka's own test.
  for (const [key, hash] of [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ] as const) {
    it(`hashes ${key} as Apache Kafka does`, () => {
      expect(murmur2(Buffer.from(key))).to.equal(hash);
    });
  }

  it('hashes any bytes as kafkajs does, which places the keys that it sends by it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (array) => {
        const bytes = Buffer.from(array);
        expect(murmur2(bytes)).to.equal(murmur2OfKafkajs(bytes));
      }),
    );
  });

  it('takes a key of a megabyte in its stride', () => {
    const begun = performance.now();
    murmur2(Buffer.alloc(1_048_576, 'x'));
    expect(performance.now() - begun).to.be.below(10_000);
  });
});
