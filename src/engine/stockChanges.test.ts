import { expect } from 'chai';
import type { AskingCommand } from '../domain/commands.ts';
import { foldBatch } from '../domain/foldBatch.ts';
import { emptyState } from '../domain/stockState.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { stockChanges } from './stockChanges.ts';

const policy = { reservationTtlMs: 60_000, reservationTtlMsMax: 60_000, commandMemoryMs: 60_000 };

/** The changes of a second batch on top of a first one. */
function changesOf(first: AskingCommand[], second: AskingCommand[]) {
  const state = emptyState(policy);
  const at = (command: AskingCommand) => ({ command, time: 1000 });
  foldBatch(state, first.map(at));
  return stockChanges(state, foldBatch(state, second.map(at)).flat());
}

describe('stockChanges', () => {
  const tea = commandsFor('tea');
  const coffee = commandsFor('coffee');

  it('has one row per stock item, as it is in the end, with the sequence it had before', () => {
    const { levels } = changesOf(
      [tea.receive(5)],
      [tea.receive(1), coffee.receive(2), tea.receive(3)],
    );
    expect(
      levels.map(({ sku, onHand, sequence, previousSequence }) => {
        return [sku, onHand, sequence, previousSequence];
      }),
    ).to.deep.equal([
      ['coffee', 2, 1, 0],
      ['tea', 9, 3, 1],
    ]);
  });

  it('has one row per reservation, new or not', () => {
    const { reservations } = changesOf(
      [tea.receive(9), tea.reserve('o-1', 1)],
      [tea.confirm('o-1'), tea.takeBack('o-1', 1), tea.reserve('o-2', 2), tea.release('o-2')],
    );
    const rows = reservations.map(({ reservation, isNew }) => {
      const { orderId, confirmed, released, returned } = reservation;
      return [orderId, isNew, confirmed, released, returned];
    });
    expect(rows).to.deep.equal([
      ['o-1', false, 1, 0, 1],
      ['o-2', true, 0, 2, 0],
    ]);
  });

  it('counts a release before its reserve as a new reservation', () => {
    const { reservations } = changesOf([], [tea.release('o-1')]);
    expect(reservations[0]).to.include({ isNew: true });
    expect(reservations[0]!.reservation).to.include({ tombstone: true, granted: 0 });
  });

  it('moves the sequence for a refusal, and nothing for one that names no stock item', () => {
    const { levels, reservations } = changesOf(
      [],
      [tea.reserve('o-1', 1), tea.receive(1, { sku: '' })],
    );
    expect(levels).to.have.length(1);
    expect(levels[0]).to.include({ sku: 'tea', onHand: 0, sequence: 1, known: false });
    expect(reservations).to.deep.equal([]);
  });
});
