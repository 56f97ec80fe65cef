import { expect } from 'chai';
import { twoHands } from '../../docs/twoHands.ts';
import { moveOf } from '../../testing/handMoves.ts';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { stockedWorld } from '../../testing/orderScenario.ts';
import { orderPolicy } from '../../testing/orderSpec.ts';

describe('two hands on one reservation', () => {
  for (const { given, when, verdict } of twoHands) {
    const [kind, line] = verdict;
    it(`${given.join(', ')}, then ${when}: ${kind}`, () => {
      const world = stockedWorld(20);
      world.send(orderEventsFor('o-1').place({ A: 5 }));
      world.settle();
      for (const hand of [...given, when]) {
        const move = moveOf(hand, 'o-1', 'A');
        if (move === null) {
          world.now += orderPolicy.paymentTtlMs;
          world.send({ kind: 'DeadlinesDue', limit: 10 });
        } else if ('event' in move) world.send(move.event);
        else world.sendCommand(move.command);
        world.settle();
      }
      const last = world.verdicts.at(-1)!;
      expect(last.kind).to.equal(kind);
      expect('lines' in last && last.lines[0]).to.include(line);
    });
  }
});
