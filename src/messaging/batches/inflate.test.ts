import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { contentStart, goldenBatches } from '../../testing/senders/goldenBatches.ts';
import { BatchFailure } from './batchFailure.ts';
import { codecNames, inflate } from './inflate.ts';

type Name = (typeof codecNames)[number];
const inflated = (codec: Name, bytes: Buffer, bytesMax = 1_048_576) =>
  inflate(codecNames.indexOf(codec), bytes, bytesMax);
const faultOf = async (...args: Parameters<typeof inflated>) => {
  const thrown = await inflated(...args).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).to.be.instanceOf(BatchFailure);
  return (thrown as BatchFailure).fault;
};
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

describe('inflate', () => {
  for (const { sender, codec, records, batch } of goldenBatches()) {
    const content = batch.subarray(contentStart);
    it(`takes no more than it may of ${codec} of ${sender}, records: ${records}`, async () => {
      const { length } = await inflated(codec, content);
      expect(await inflated(codec, content, length)).to.have.length(length);
      expect(await faultOf(codec, content, length - 1)).to.equal('BATCH_TOO_LARGE');
    });
    if (codec === 'snappy') continue;
    it(`takes frames that follow each other, ${codec} of ${sender}: ${records}`, async () => {
      const once = await inflated(codec, content);
      const twice = await inflated(codec, Buffer.concat([content, content]));
      expect(twice.equals(Buffer.concat([once, once]))).to.equal(true);
    });
  }

  it('works after a failure as before', async () => {
    for (const { codec, batch } of goldenBatches()) {
      const content = batch.subarray(contentStart);
      const before = await inflated(codec, content);
      expect(await faultOf(codec, content.subarray(0, -20))).to.equal('BATCH_UNREADABLE');
      expect(await faultOf(codec, content, 3)).to.equal('BATCH_TOO_LARGE');
      expect((await inflated(codec, content)).equals(before)).to.equal(true);
    }
  });

  it('reads LZ4 blocks that refer to earlier ones, with checksums and a size', async () => {
    const checksum = Buffer.alloc(4);
    const block = (bytes: Buffer) => Buffer.concat([uint32(bytes.length), bytes, checksum]);
    const frame = Buffer.concat([
      uint32(0x184d2204),
      Buffer.from([0b0101_1100, 0x40]),
      Buffer.from([15, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from([0]),
      block(Buffer.concat([Buffer.from([0x50]), Buffer.from('hello')])),
      // One literal, four bytes from six bytes before, five literals.
      block(Buffer.from([0x10, 0x58, 6, 0, 0x50, ...Buffer.from('world')])),
      uint32(0),
      checksum,
    ]);
    const skippable = Buffer.concat([uint32(0x184d2a57), uint32(3), Buffer.from('any')]);
    const all = await inflated('lz4', Buffer.concat([skippable, frame]));
    expect(String(all)).to.equal('helloXhellworld');
  });

  it('refuses a match before the beginning', async () => {
    const block = Buffer.from([0x10, 0x58, 9, 0, 0x10, 0x58]);
    const head = Buffer.concat([uint32(0x184d2204), Buffer.from([0x60, 0x40, 0])]);
    const frame = Buffer.concat([head, uint32(block.length), block, uint32(0)]);
    expect(await faultOf('lz4', frame)).to.equal('BATCH_UNREADABLE');
  });

  describe('stops where there would be too much of', () => {
    const megabytes = 4;

    it('gzip', async () => {
      const bytes = gzipSync(Buffer.alloc(megabytes * 1_048_576));
      expect(await faultOf('gzip', bytes)).to.equal('BATCH_TOO_LARGE');
    });

    it('lz4', async () => {
      const block = Buffer.concat([
        Buffer.from([0x1f, 0x58, 1, 0]),
        Buffer.alloc((megabytes * 1_048_576) / 255, 0xff),
        Buffer.from([0]),
      ]);
      const head = Buffer.concat([uint32(0x184d2204), Buffer.from([0x60, 0x70, 0])]);
      const frame = Buffer.concat([head, uint32(block.length), block, uint32(0)]);
      expect(await faultOf('lz4', frame)).to.equal('BATCH_TOO_LARGE');
    });

    it('zstd that does not say how much it is', async () => {
      const runs = Array.from({ length: megabytes * 8 }, (_, i) => {
        const isLast = i === megabytes * 8 - 1 ? 1 : 0;
        // A run of 128 KiB of one byte.
        const header = Buffer.alloc(4);
        header.writeUIntLE((131_072 << 3) | (1 << 1) | isLast, 0, 3);
        return header;
      });
      const frame = Buffer.concat([uint32(0xfd2fb528), Buffer.from([0, 0x38]), ...runs]);
      expect(await faultOf('zstd', frame)).to.equal('BATCH_TOO_LARGE');
      expect(await inflated('zstd', frame, megabytes * 1_048_576)).to.have.length(4_194_304);
    });

    it('snappy, raw and in blocks of Java', async () => {
      // A length of 4 MiB, and nothing behind it.
      const raw = Buffer.from([0x80, 0x80, 0x80, 0x02]);
      expect(await faultOf('snappy', raw)).to.equal('BATCH_TOO_LARGE');
      const java = Buffer.from('82534e41505059000000000100000001', 'hex');
      const blocks = Buffer.concat([java, Buffer.from([0, 0, 0, raw.length]), raw]);
      expect(await faultOf('snappy', blocks)).to.equal('BATCH_TOO_LARGE');
    });
  });
});
