import { expect } from 'chai';
import fc from 'fast-check';
import { expectQuiet } from '../../testing/orderAudit.ts';
import { linesOf } from '../../testing/orderEventsFor.ts';
import { expectFate } from '../../testing/orderFate.ts';
import { play, scenario, stockedWorld, traffic } from '../../testing/orderScenario.ts';
import { listDeadlines, verdictsOf } from '../../testing/orderSpec.ts';
import type { OrderWorld } from '../../testing/orderWorld.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import type { OrderMode, OrderPlaced } from './orderEvents.ts';
import { emptyOrderState } from './orderState.ts';

const isRival = (orderId: string) => orderId.startsWith('rival-');

/** Nothing is held, every unit that is gone was sold, and only to orders that exist. */
function expectStockAgrees(world: OrderWorld, units: number): void {
  for (const { sku, level, reservations } of world.stock.items.values()) {
    let sold = 0;
    for (const { orderId, confirmed, returned } of reservations.values()) {
      const { head } = world.orders.orders.get(orderId) ?? {};
      expect(isRival(orderId) || head?.placedBy, `${orderId} is an order`).to.be.ok;
      sold += confirmed - returned;
    }
    expect(level.reserved, `${sku} reserved`).to.equal(0);
    expect(level.onHand, `${sku} on hand`).to.equal(units - sold);
  }
}

describe('orders over a stock, in any interleaving', function () {
  this.timeout(180_000);

  it('end as they must', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = play(given);
        expectQuiet(world);
        expectFate(world);
        expectStockAgrees(world, given.units);
      }),
      { numRuns: 300 },
    );
  });

  it('follow from their log alone', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = play(given);
        const replayed = emptyOrderState(world.orders.policy);
        const verdicts = world.orderLog.records.flatMap(({ message, time }, index) => {
          replayed.due = listDeadlines(replayed);
          const cause = `${'T'.repeat(22)}:0:${index + 1}`;
          const facts = decideOrder(message, replayed, time, cause);
          for (const fact of facts) evolveOrder(replayed, fact);
          return verdictsOf(facts);
        });
        expect(verdicts).to.deep.equal(world.verdicts);
        expect(replayed.orders).to.deep.equal(world.orders.orders);
      }),
      { numRuns: 50 },
    );
  });

  it('that want the same last units come to an end, and leave everything to the next', () => {
    const skus = ['A', 'B', 'C', 'D'];
    const wanted = Object.fromEntries(skus.map((sku) => [sku, 1]));
    const open = { expiresAt: null, ttlSeconds: null };
    const order = (orderId: string, lines: OrderPlaced['lines'], mode: OrderMode): OrderPlaced => {
      return { kind: 'OrderPlaced', eventId: `e-${orderId}`, orderId, lines, mode, ...open };
    };
    const moves = fc.array(fc.oneof(...traffic), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(moves, (actions) => {
        const world = stockedWorld(1);
        world.send(order('o-1', linesOf(wanted), 'all'));
        world.send(order('o-2', linesOf(wanted).reverse(), 'all'));
        actions.forEach(({ run }, index) => {
          run(world, `e-${index}`);
        });
        world.settle();
        const kinds = world.verdicts.map(({ kind }) => kind);
        expect(kinds).to.have.length(2);
        const winners = kinds.filter((kind) => kind === 'OrderStockReserved').length;
        expect(winners).to.be.at.most(1);

        world.send(order('o-3', linesOf(wanted), 'partial'));
        world.settle();
        const next = world.verdicts.at(-1)!;
        const left = winners === 0 ? 'OrderStockReserved' : 'OrderStockRejected';
        expect(next.kind).to.equal(left);
      }),
      { numRuns: 200 },
    );
  });
});
