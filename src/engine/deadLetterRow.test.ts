import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { deadLetterRow } from './deadLetterRow.ts';
import type { LaneRecord } from './laneRecord.ts';

const id = { engine: 'stock', lane: 3, topicId: 't'.repeat(22), partitionCount: 12 } as const;

describe('deadLetterRow', () => {
  const record = {
    offset: 9,
    timestamp: 1_700_000_000_000,
    key: Buffer.from([0xff]),
    value: Buffer.from('junk'),
    headers: { source: Buffer.from('shop'), 'onhand-reason': Buffer.from('forged') },
  };
  const failure = { failure: 'BROKEN_BODY', message: 'm'.repeat(5000) };
  const row = deadLetterRow(record, failure, id, record.timestamp, 12);

  it('keeps key, value and headers, and adds the reason', () => {
    expect(row).to.include({ sequence: 12, kind: 'dead-letter', commandId: null, level: null });
    expect(row.key).to.equal(record.key);
    expect(row.value).to.equal(record.value);
    const { 'onhand-message': _, ...headers } = row.headers!;
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    expect(Object.fromEntries(texts)).to.deep.equal({
      source: 'shop',
      'onhand-reason': 'BROKEN_BODY',
      'onhand-topic-id': id.topicId,
      'onhand-partition': '3',
      'onhand-offset': '9',
      'onhand-time': '2023-11-14T22:13:20.000Z',
    });
  });

  it('cuts a message that quotes too much', () => {
    expect(String(row.headers!['onhand-message'])).to.equal('m'.repeat(300));
  });

  describe('of a record that is too large for a topic', () => {
    const value = Buffer.alloc(2_000_000, 'v');
    const rowOf = (more: Partial<LaneRecord>) =>
      deadLetterRow({ ...record, ...more }, failure, id, record.timestamp, 12);

    it('cuts the value and says what it was', () => {
      const cut = rowOf({ value });
      expect(cut.value?.length).to.equal(100_000);
      const digest = createHash('sha256').update(value).digest('hex');
      expect(String(cut.headers!['onhand-cut'])).to.equal(
        `value of 2000000 bytes, SHA-256 ${digest}`,
      );
      expect(String(cut.headers!.source)).to.equal('shop');
    });

    it('cuts the key, and leaves headers out', () => {
      const many = Array.from({ length: 300_000 }, () => Buffer.from('h'));
      const cut = rowOf({ key: value, headers: { many } });
      expect(cut.key?.length).to.equal(10_000);
      expect(cut.headers).not.to.have.property('many');
      expect(String(cut.headers!['onhand-cut']))
        .to.match(/^key of 2000000 bytes, /)
        .and.match(/headers left out, 300004 bytes$/);
    });

    it('goes by what was received, not by what was read of it', () => {
      expect(rowOf({ value: Buffer.from('v'), received: value }).value?.length).to.equal(100_000);
    });

    it('leaves one as it is that fits', () => {
      const fits = value.subarray(0, 1_099_000);
      const whole = rowOf({ value: fits });
      expect(whole.value).to.equal(fits);
      expect(whole.headers).not.to.have.property('onhand-cut');
    });
  });

  it('says of a batch that cannot be read what it was', () => {
    const unreadable = {
      fault: 'BATCH_TOO_LARGE',
      message: 'inflates to more than 9 bytes',
      firstOffset: 4,
      lastOffset: 9,
      records: 6,
      bytes: 100,
      codec: 'zstd',
    } as const;
    const nothing = { key: null, value: null, headers: {}, unreadable };
    const letter = deadLetterRow({ ...record, ...nothing }, failure, id, record.timestamp, 12);
    expect(letter).to.include({ key: null, value: null });
    expect(String(letter.headers!['onhand-batch'])).to.equal('6 records from offset 4');
  });
});
