import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  batchChecksum,
  contentStart,
  goldenBatches,
  goldenRecord,
  withContent,
} from '../../testing/senders/goldenBatches.ts';
import { codecNames } from './inflate.ts';
import { readBatches } from './readBatches.ts';
import { unreadableOf } from './unreadableBatch.ts';

const inflatedMax = 1_048_576;
const read = (bytes: Buffer, bytesMax = inflatedMax) => readBatches(bytes, bytesMax, batchChecksum);
const faultOf = async (bytes: Buffer, bytesMax?: number) => {
  const [record, ...more] = await read(bytes, bytesMax);
  expect(more).to.have.length(0);
  return unreadableOf(record!);
};

describe('readBatches', () => {
  const golden = goldenBatches();
  const [one] = golden;

  for (const each of golden) {
    const { sender, codec, records, batch } = each;
    it(`reads ${codec} of ${sender}, records: ${records}`, async () => {
      const found = await read(batch);
      expect(found.map(({ key, value }) => ({ key: String(key), value: String(value) }))).to.eql(
        Array.from({ length: records }, (_, number) => goldenRecord(number)),
      );
      expect(found.map(({ offset }) => offset)).to.eql(found.map((_, number) => String(number)));
      expect(found.every((record) => unreadableOf(record) === undefined)).to.equal(true);
    });

    it(`never trusts damaged ${codec} of ${sender}, records: ${records}`, async () => {
      const damage = fc.record({
        at: fc.nat({ max: batch.length - contentStart - 1 }),
        byte: fc.integer({ min: 1, max: 255 }),
        length: fc.nat({ max: batch.length - contentStart }),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ at, byte, length }) => {
          const content = Buffer.from(batch.subarray(contentStart));
          content[at]! ^= byte;
          const damaged = Buffer.concat([batch.subarray(0, contentStart), content]);
          // Either it makes no difference to the reader, or it is said.
          for (const record of await read(damaged)) {
            const { fault } = unreadableOf(record) ?? {};
            expect(fault).to.be.oneOf([undefined, 'BATCH_DAMAGED']);
          }
          // A sender may write what it likes, and have the right checksum for it.
          const type = codecNames.indexOf(codec);
          for (const bytes of [content, content.subarray(0, length)]) {
            for (const record of await read(withContent(each, type, bytes))) {
              const { fault } = unreadableOf(record) ?? {};
              expect(fault).to.be.oneOf([undefined, 'BATCH_UNREADABLE', 'BATCH_TOO_LARGE']);
            }
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('says of a batch that ends too early what it was, at its last offset', async () => {
    for (const each of golden.filter(({ records }) => records > 1)) {
      const { codec, batch } = each;
      const cut = batch.subarray(contentStart, batch.length - 40);
      const [record] = await read(withContent(each, codecNames.indexOf(codec), cut));
      expect(record).to.include({ offset: '39', key: null, value: null });
      const { fault, firstOffset, lastOffset, records } = unreadableOf(record!)!;
      expect({ codec, fault, firstOffset, lastOffset, records }).to.eql({
        ...{ codec, fault: 'BATCH_UNREADABLE' },
        ...{ firstOffset: 0, lastOffset: 39, records: 40 },
      });
    }
  });

  it('goes on behind a batch that cannot be read', async () => {
    const junk = withContent(one!, 4, Buffer.from('no Zstandard'));
    const next = Buffer.from(one!.batch);
    next.writeBigInt64BE(1n, 0);
    const found = await read(Buffer.concat([junk, next]));
    expect(found.map((record) => [record.offset, unreadableOf(record)?.fault])).to.eql([
      ['0', 'BATCH_UNREADABLE'],
      ['1', undefined],
    ]);
  });

  it('names a codec that there is not', async () => {
    const fault = await faultOf(withContent(one!, 6, Buffer.from('?')));
    expect(fault).to.include({ fault: 'BATCH_UNREADABLE', codec: '6' });
    expect(fault?.message).to.include('codec 6');
  });

  it('tells records of which the sender counted more or less than there are', async () => {
    const more = Buffer.from(one!.batch);
    more.writeInt32BE(2, contentStart - 4);
    const fewer = Buffer.from(golden.find(({ records }) => records > 1)!.batch);
    fewer.writeInt32BE(39, contentStart - 4);
    const content = fewer.subarray(contentStart);
    const less = await faultOf(withContent({ ...one!, batch: fewer }, 1, content));
    expect(less?.message).to.equal('has more records than it says');
    const { fault } = (await faultOf(
      withContent({ ...one!, batch: more }, 1, one!.batch.subarray(61)),
    ))!;
    expect(fault).to.equal('BATCH_UNREADABLE');
  });

  it('leaves what inflates to too much together for the next fetch', async () => {
    const large = withContent(one!, 1, gzipSync(recordOf(40_000)));
    expect(await read(Buffer.concat([large, large, large]), 65_536)).to.have.length(2);
  });

  it('takes the end of an answer for what it is: not all of a batch', async () => {
    for (const { batch } of golden) {
      expect(await read(batch.subarray(0, -1))).to.eql([]);
      expect(await read(batch.subarray(0, 30))).to.eql([]);
    }
  });

  it('keeps headers with several values, and with any name', async () => {
    const named = (name: string) =>
      Buffer.concat([sized(Buffer.from(name)), sized(Buffer.from('v'))]);
    const names = ['__proto__', 'twice', 'twice', ''].map(named);
    const headers = Buffer.concat([varInt(names.length), ...names]);
    const body = Buffer.concat([Buffer.alloc(3), varInt(-1), varInt(-1), headers]);
    const [record] = await read(withContent(one!, 0, sized(body)));
    const value = Buffer.from('v');
    expect(Object.entries(record!.headers)).to.deep.equal([
      ['__proto__', value],
      ['twice', [value, value]],
      ['', value],
    ]);
  });

  it('reads as many headers as fit, in no time', async () => {
    const count = 100_000;
    const headers = Buffer.concat([varInt(count), Buffer.alloc(2 * count)]);
    const body = Buffer.concat([Buffer.alloc(3), varInt(-1), varInt(-1), headers]);
    const [record] = await read(withContent(one!, 0, sized(body)));
    expect(record!.headers['']).to.have.length(count);
  });
});

/** A record with a value of so many bytes. */
function recordOf(valueBytes: number): Buffer {
  const value = sized(Buffer.alloc(valueBytes, 'v'));
  return sized(Buffer.concat([Buffer.alloc(3), varInt(-1), value, varInt(0)]));
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([varInt(bytes.length), bytes]);
}

function varInt(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
