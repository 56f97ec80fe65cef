import { expect } from 'chai';
import type { StockEvent } from '../domain/events.ts';
import { asksForMailbox, mailboxHeaders } from '../messaging/mailboxHeader.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { eventRows } from './outboxRows.ts';

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
