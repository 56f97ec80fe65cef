import { expect } from 'chai';
import { commandsFor } from '../../testing/commandsFor.ts';
import { given } from '../../testing/spec.ts';
import { totalsOf } from '../reservationTotals.ts';
import type { OrderCommand } from './orderFacts.ts';
import { replyTo } from './replyTo.ts';

const { receive, reserve, confirm, release, takeBack } = commandsFor('A');
const stocked = [receive(3)];
const held = [...stocked, reserve('o-1', 2)];
const sold = [...held, confirm('o-1')];

describe('replyTo', () => {
  for (const [past, command, quantity, reason, shortage] of [
    [stocked, reserve('o-1', 5, { minimum: 1 }), 3, null, null],
    [stocked, reserve('o-1', 5), 0, 'INSUFFICIENT_STOCK', 2],
    [held, confirm('o-1'), 2, null, null],
    [held, confirm('o-1', { quantity: 1 }), 1, null, null],
    [stocked, confirm('o-1'), 0, 'RESERVATION_NOT_FOUND', null],
    [held, release('o-1'), 2, null, null],
    [stocked, release('o-1'), 0, null, null],
    [sold, release('o-1'), 0, 'ALREADY_CONFIRMED', null],
    [sold, takeBack('o-1', 1), 1, null, null],
    [sold, takeBack('o-1', 3), 0, 'QUANTITY_EXCEEDS_CONFIRMED', null],
  ] as [typeof held, OrderCommand, number, string | null, number | null][]) {
    it(`says ${quantity} units, ${reason ?? 'granted'} to a ${command.kind}`, () => {
      const story = given(...past).when(command);
      expect(replyTo(command, story.outcome!, story.state)).to.deep.equal({
        kind: 'StockReply',
        orderId: 'o-1',
        commandId: command.commandId,
        sku: 'A',
        location: 'main',
        quantity,
        reason,
        shortage,
        totals: totalsOf(story.state, command),
      });
    });
  }
});
