import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { laneRecords } from './laneRecords.ts';

const message: KafkaMessage = {
  offset: '9007199254740991',
  timestamp: '1700000000000',
  attributes: 0,
  key: Buffer.from('tea'),
  value: null,
  headers: { one: Buffer.from([0xff]), two: [Buffer.from('a'), 'b'], none: undefined },
};

describe('laneRecords', () => {
  it('turns offsets and times into numbers, and keeps bytes', () => {
    const { headers, ...record } = laneRecords([message])[0]!;
    expect(record).to.deep.equal({
      offset: Number.MAX_SAFE_INTEGER,
      timestamp: 1_700_000_000_000,
      key: message.key,
      value: null,
    });
    expect(headers).to.deep.equal({
      one: Buffer.from([0xff]),
      two: [Buffer.from('a'), Buffer.from('b')],
      none: Buffer.alloc(0),
    });
  });

  it('takes a record without headers', () => {
    const { headers: _, ...bare } = message;
    expect(laneRecords([{ ...bare, size: 0 }])[0]!.headers).to.deep.equal({});
  });
});
