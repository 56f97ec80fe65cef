import { expect } from 'chai';
import type { Message } from 'kafkajs';
import type { Processor } from '../src/cli/processor.ts';
import type { DecodeFailure } from '../src/messaging/decodeError.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import {
  type ReadRecord,
  type TestInstallation,
  testInstallation,
} from '../src/testing/testInstallation.ts';

/** All go to one partition, where the SKU `home` belongs. */
const home = partitionOf('home', 3);
const foreign = [...'abcdefgh'].find((sku) => partitionOf(sku, 3) !== home)!;
const good = (quantity: number): Message => {
  return { partition: home, key: 'home', value: bytesFor('home', quantity) };
};
const bytesFor = (sku: string, quantity: number) =>
  encodeStockCommand(commandsFor(sku).receive(quantity));

const broken: [DecodeFailure, Omit<Message, 'value'> & { value: Buffer | null }][] = [
  ['EMPTY_VALUE', { key: 'home', value: null }],
  ['EMPTY_VALUE', { key: null, value: Buffer.alloc(0) }],
  ['NOT_SINGLE_OBJECT_ENCODED', { key: 'json', value: Buffer.from('{"quantity": 1}') }],
  ['NOT_SINGLE_OBJECT_ENCODED', { key: Buffer.from([0xff, 0, 0xfe]), value: Buffer.from([0xc3]) }],
  ['UNKNOWN_SCHEMA', { key: 'other', value: Buffer.from('c3010102030405060708ff', 'hex') }],
  ['BROKEN_BODY', { key: 'home', value: bytesFor('home', 1).subarray(0, -2) }],
  ['WRONG_PARTITION', { key: foreign, value: bytesFor(foreign, 1) }],
];
const headers = {
  'trace-id': Buffer.from([0xff, 0x00, 0xfe, 0x80]),
  source: 'shop',
  hop: ['first', Buffer.from('second')],
};

describe('records that are no commands', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let letters: ReadRecord[];
  before(async () => {
    onhand = await testInstallation();
    const records = broken.map(([, record]) => ({ ...record, partition: home, headers }));
    await onhand.sendRaw([good(1), ...records, good(2)]);
    processor = await onhand.startProcessor();
    await onhand.settled();
    letters = await onhand.read('stockDeadLetter');
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  it('come to the dead-letter topic in their order, with key and value as received', () => {
    const expected = broken.map(([, { key, value }]) => {
      return { partition: home, key: key === null ? null : Buffer.from(key!), value };
    });
    expect(letters.map(({ partition, key, value }) => ({ partition, key, value }))).to.deep.equal(
      expected,
    );
  });

  it('carry the reason and where they were', () => {
    for (const [index, [failure]] of broken.entries()) {
      const own = letters[index]!.headers;
      expect(String(own['onhand-reason'])).to.equal(failure);
      expect(String(own['onhand-message'])).not.to.be.empty;
      expect(String(own['onhand-partition'])).to.equal(String(home));
      expect(String(own['onhand-offset'])).to.equal(String(index + 1));
      expect(Date.now() - Date.parse(String(own['onhand-time']))).to.be.within(0, 60_000);
    }
  });

  it('keep their headers byte by byte', () => {
    for (const { headers: own } of letters) {
      expect(own['trace-id']).to.deep.equal(headers['trace-id']);
      expect(own.source).to.deep.equal(Buffer.from('shop'));
      expect(own.hop).to.deep.equal([Buffer.from('first'), Buffer.from('second')]);
    }
  });

  it('hold up none of the commands around them', async () => {
    const events = await onhand.events();
    const quantities = events.map((event) => ('quantity' in event ? event.quantity : null));
    expect(quantities).to.deep.equal([1, 2]);
  });

  it('may have keys and values as long as Kafka takes them, also many at once', async () => {
    const junk = Buffer.alloc(1_040_000, 'x');
    const nameless = ['y', 'z', '!'].map((end) => '\u0000'.repeat(500_000) + end);
    const foreignSku = nameless.find((sku) => partitionOf(sku, 3) !== home)!;
    const values = [junk, junk, bytesFor(foreignSku, 1), junk, junk];
    const key = Buffer.alloc(4000, 'k');
    for (const value of values) await onhand.sendRaw([{ partition: home, key, value, headers }]);
    await onhand.settled(60_000);
    const more = (await onhand.read('stockDeadLetter')).slice(broken.length);
    expect(more.map((letter) => letter.value?.length)).to.deep.equal(
      values.map(({ length }) => length),
    );
    expect(more.every((letter) => letter.key?.equals(key))).to.be.true;
  });
});
