import { expect } from 'chai';
import { PacketReader } from './packetReader.ts';

describe('PacketReader', () => {
  const packets = ['', 'COMMIT', 'x'.repeat(5000)].map((text, sequence) => {
    const head = Buffer.alloc(4);
    head.writeUIntLE(text.length, 0, 3);
    head[3] = sequence;
    return Buffer.concat([head, Buffer.from(text)]);
  });
  const stream = Buffer.concat(packets);

  for (const size of [1, 3, 4, 11, 1000, stream.length]) {
    it(`finds the packets in pieces of ${size} bytes`, () => {
      const found: Buffer[] = [];
      const reader = new PacketReader((packet) => found.push(packet));
      for (let at = 0; at < stream.length; at += size) reader.take(stream.subarray(at, at + size));
      expect(found.map(({ length }) => length)).to.deep.equal(packets.map(({ length }) => length));
      expect(Buffer.concat(found).equals(stream)).to.be.true;
    });
  }
});
