import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import { twoHands } from '../src/docs/twoHands.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { moveOf } from '../src/testing/handMoves.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

/** Stories without a deadline: how fast a machine is changes nothing for them. */
const stories = twoHands
  .filter(({ given, when }) => ![...given, when].includes('the deadline passes'))
  .map((story, index) => ({ ...story, orderId: `o-${index}`, sku: `tea-${index}` }));

describe('two hands on one reservation, on real servers', function () {
  this.timeout(60_000);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  /** Waits until every event has its verdict, and every command its event. */
  const answered = async (ids: readonly string[]) => {
    await waitUntil('every answer', async () => {
      const verdicts = (await onhand.verdicts()).map(({ answers }) => answers);
      const outcomes = (await onhand.events()).map(({ commandId }) => commandId);
      const known = new Set([...verdicts, ...outcomes]);
      return ids.every((id) => known.has(id));
    });
  };

  it('every verdict says what is true of it', async () => {
    await onhand.send(stories.map(({ sku }) => commandsFor(sku).receive(20)));
    const orders = stories.map(({ orderId, sku }) => orderEventsFor(orderId).place({ [sku]: 5 }));
    await onhand.settled();
    await onhand.sendOrders(orders);
    await answered(orders.map(({ eventId }) => eventId));

    const longest = Math.max(...stories.map(({ given }) => given.length)) + 1;
    for (let step = 0; step < longest; step++) {
      const moves = stories.flatMap(({ given, when, orderId, sku }) => {
        const hand = [...given, when][step];
        return (hand && moveOf(hand, orderId, sku)) ?? [];
      });
      await onhand.sendOrders(moves.flatMap((move) => ('event' in move ? [move.event] : [])));
      await onhand.send(moves.flatMap((move) => ('command' in move ? [move.command] : [])));
      await answered(
        moves.map((move) => ('event' in move ? move.event.eventId : move.command.commandId)),
      );
    }

    const verdicts = await onhand.verdicts();
    for (const { orderId, verdict } of stories) {
      const [kind, line] = verdict;
      const last = verdicts.filter((each) => each.orderId === orderId).at(-1);
      expect(last?.kind, orderId).to.equal(kind);
      expect(last && 'lines' in last && last.lines[0], orderId).to.include(line);
    }
  });
});
