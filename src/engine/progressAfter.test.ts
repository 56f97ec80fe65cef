import { expect } from 'chai';
import type { Progress } from '../storage/progress.ts';
import type { LaneRecord } from './laneRecord.ts';
import { appliedRecord, progressAfter } from './progressAfter.ts';

const plain: LaneRecord = {
  offset: 7,
  timestamp: 1000,
  key: Buffer.from('tea'),
  value: Buffer.from('body'),
  headers: { name: Buffer.from('text') },
};
const digest = (change: Partial<LaneRecord> = {}) => appliedRecord({ ...plain, ...change }).digest;

describe('appliedRecord', () => {
  it('keeps the append time as it came, and a digest that is the same in every release', () => {
    const expected = { offset: 7, time: 1000, digest: 'qpAXbVmX1JQsrfsbj8wX4m' };
    expect(appliedRecord(plain)).to.deep.equal(expected);
  });

  it('tells apart what differs in key, value or headers', () => {
    const text = (value: string) => Buffer.from(value);
    const digests = [
      digest(),
      digest({ key: null }),
      digest({ key: text('') }),
      digest({ value: null }),
      digest({ value: text('') }),
      digest({ key: text('teab'), value: text('ody') }),
      digest({ headers: {} }),
      digest({ headers: { name: text('') } }),
      digest({ headers: { name: [text('text'), text('text')] } }),
      digest({ headers: { other: text('text') } }),
    ];
    expect(new Set(digests)).to.have.length(digests.length);
  });

  it('is of the bytes in the log, not of what a schema registry made of them', () => {
    const received = Buffer.from('body');
    expect(digest({ value: Buffer.from('unwrapped'), received })).to.equal(digest());
  });
});

describe('progressAfter', () => {
  const from: Progress = {
    engine: 'stock',
    lane: 0,
    topicId: 't',
    partitionCount: 1,
    nextOffset: 5,
    outboxSequence: 2,
    logTime: 900,
    epoch: 3,
    applied: { offset: 4, time: 900, digest: 'd' },
  };

  it('moves to the last entry', () => {
    const after = progressAfter(from, { record: plain, time: 1001 }, 8, 3);
    const moved = { nextOffset: 8, outboxSequence: 5, logTime: 1001 };
    expect(after).to.deep.equal({ ...from, ...moved, applied: appliedRecord(plain) });
  });

  it('keeps what was applied last, when only markers followed', () => {
    expect(progressAfter(from, undefined, 9, 0)).to.deep.equal({ ...from, nextOffset: 9 });
  });
});
