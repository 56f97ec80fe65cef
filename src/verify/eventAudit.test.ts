import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { lateHeader } from '../messaging/lateHeader.ts';
import { encodeStockEvent } from '../messaging/stockEventCodec.ts';
import { EventAudit } from './eventAudit.ts';

/** A unit of `tea` is received, as the event of that sequence; `onHand`: what was there before. */
function received(
  sequence: number,
  onHand = sequence - 1,
  headers: KafkaMessage['headers'] = {},
): KafkaMessage {
  const head = { sku: 'tea', location: 'main', sequence, commandId: `c-${sequence}` };
  const levels = {
    onHandBefore: onHand,
    onHandAfter: onHand + 1,
    reservedBefore: 0,
    reservedAfter: 0,
  };
  const value = encodeStockEvent(
    { kind: 'StockReceived', quantity: 1, commandDigest: 1, time: 1, ...head, ...levels },
    { topicId: 't'.repeat(22), partition: 0, offset: sequence, index: 0 },
  );
  return { key: null, value, offset: '0', timestamp: '1', attributes: 0, headers };
}

function late(sequence: number, onHand = sequence - 1): KafkaMessage {
  return received(sequence, onHand, { [lateHeader]: '7' });
}

/** How often each check fails: gaps, leaps. */
function broken(isWhole: boolean, ...records: KafkaMessage[]): number[] {
  const audit = new EventAudit(isWhole);
  audit.take(records);
  return audit
    .tallies()
    .slice(1, 3)
    .map((tally) => tally.broken);
}

describe('EventAudit', () => {
  for (const [what, records, found] of [
    ['nothing missing', [received(1), received(2)], [0, 0]],
    ['one that is missing', [received(1), received(3)], [1, 1]],
    ['one that comes out of order', [received(1), received(3), received(2)], [2, 2]],
    ['all that was missing, late', [received(1), received(4), late(2), late(3)], [0, 0]],
    ['two gaps that are filled', [received(2), received(4), late(1), late(3)], [0, 0]],
    ['half of what was missing, late', [received(1), received(4), late(2)], [1, 1]],
    ['late ones that do not fit', [received(1), received(3), late(2, 7)], [0, 2]],
    ['a late one that was there', [received(1), received(2), late(2)], [1, 0]],
    ['a late one that is next', [received(1), late(2)], [0, 0]],
  ] satisfies [string, KafkaMessage[], number[]][]) {
    it(`judges ${what}`, () => {
      expect(broken(true, ...records)).to.deep.equal(found);
    });
  }

  it('says nothing of what belongs before the beginning of a cut topic', () => {
    expect(broken(false, late(3), received(8), late(4), received(9))).to.deep.equal([0, 0]);
  });
});
