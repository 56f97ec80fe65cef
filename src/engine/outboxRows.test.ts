import { expect } from 'chai';
import type { StockEvent } from '../domain/events.ts';
import { asksForMailbox, mailboxHeaders } from '../messaging/mailboxHeader.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { deadLetterRow, eventRows } from './outboxRows.ts';

const id = { engine: 'stock', lane: 3, topicId: 't'.repeat(22), partitionCount: 12 } as const;
const received: StockEvent = {
  kind: 'StockReceived',
  quantity: 5,
  sku: 'tea',
  location: 'main',
  sequence: 4,
  commandId: 'c-1',
  commandDigest: 11,
  time: 1_700_000_000_000,
  onHandBefore: 0,
  reservedBefore: 0,
  onHandAfter: 5,
  reservedAfter: 0,
};
const rejection = { command: 'ReceiveStock', orderId: null, requested: 5, shortage: null } as const;

describe('eventRows', () => {
  it('numbers rows and events on, and says what caused them', () => {
    const rows = eventRows([received, { ...received, sequence: 5 }], 77, id, 101);
    expect(rows.map(({ sequence, kind, key }) => [sequence, kind, key])).to.deep.equal([
      [101, 'event', 'tea'],
      [102, 'event', 'tea'],
    ]);
    const events = rows.map(({ value }) => decodeStockEvent(value));
    expect(events[0]).to.include({ ...received, partition: 3, offset: 77, index: 0 });
    expect(events[1]).to.include({ eventId: `${id.topicId}:3:77:1`, index: 1 });
    expect(rows[0]!.level).to.include({ sku: 'tea', sequence: 4, onHand: 5, reserved: 0 });
  });

  it('remembers a command by its first outcome only', () => {
    const { quantity: _, ...head } = received;
    const refused = { ...head, ...rejection, kind: 'CommandRejected' } as const;
    const events: StockEvent[] = [
      received,
      { ...refused, reason: 'QUANTITY_INVALID' },
      { ...refused, reason: 'COMMAND_ID_REUSED' },
      { ...refused, reason: 'COMMAND_ID_INVALID', commandDigest: null },
      { ...received, commandId: null, commandDigest: null },
    ];
    const ids = eventRows(events, 0, id, 1).map(({ commandId }) => commandId);
    expect(ids).to.deep.equal(['c-1', 'c-1', null, null, null]);
    const headers = eventRows(events, 0, id, 1, mailboxHeaders).map((row) => asksForMailbox(row));
    expect(headers).to.deep.equal([true, true, false, false, false]);
  });

  it('has no level for a refusal that belongs to no stock item', () => {
    expect(eventRows([{ ...received, sequence: 0 }], 0, id, 1)[0]!.level).to.be.null;
  });
});

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
});
