import { expect } from 'chai';
import fc from 'fast-check';
import { PackedOutcomes } from './packedOutcomes.ts';

const puts = fc.array(
  fc.record({
    passMs: fc.integer({ min: 0, max: 3 }),
    // Some are larger than a chunk, which holds 256 KiB.
    length: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.constantFrom(100_000, 262_132, 262_133, 600_000) },
    ),
    forget: fc.option(fc.integer({ min: 0, max: 10 }), { freq: 4 }),
  }),
  { maxLength: 60 },
);

describe('PackedOutcomes', () => {
  it('holds what was put under an id, until it is forgotten', () => {
    fc.assert(
      fc.property(puts, (all) => {
        const outcomes = new PackedOutcomes();
        const expected = new Map<string, { time: number; value: Buffer }>();
        let time = 1_700_000_000_000;
        for (const [index, { passMs, length, forget }] of all.entries()) {
          time += passMs;
          const value = Buffer.alloc(length, index);
          // An id comes again once it is forgotten.
          const id = [...Array(index + 1).keys()].find((number) => !expected.has(`c-${number}`));
          outcomes.put(`c-${id}`, time, value);
          expected.set(`c-${id}`, { time, value });
          if (forget !== null) {
            outcomes.forgetUntil(time - forget);
            for (const [held, one] of expected)
              if (one.time <= time - forget) expected.delete(held);
          }
          expect(outcomes.size).to.equal(expected.size);
          for (let number = 0; number <= 60; number++) {
            const found = outcomes.get(`c-${number}`);
            const held = expected.get(`c-${number}`)?.value;
            expect(held ? found?.equals(held) : found === undefined).to.equal(true);
          }
        }
      }),
    );
  });

  it('refuses a second outcome of an id', () => {
    const outcomes = new PackedOutcomes();
    outcomes.put('c', 1, Buffer.of(1));
    expect(() => outcomes.put('c', 2, Buffer.of(2))).to.throw('c has a first outcome already');
  });
});
