import { expect } from 'chai';
import fc from 'fast-check';
import { listReservations } from '../testing/listReservations.ts';
import { type Answer, answerOf } from '../testing/naiveAnswer.ts';
import { NaiveStock, type StockMove } from '../testing/naiveStock.ts';
import { runHistory } from '../testing/runHistory.ts';
import { stateContents } from '../testing/stateContents.ts';
import { historyPolicy, stockHistories } from '../testing/stockHistory.ts';
import type { StockEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { type TimedCommand, foldBatch } from './foldBatch.ts';
import { emptyState, itemOf } from './stockState.ts';

const runs = Number(process.env.ONHAND_TEST_HISTORIES ?? 400);
const seed = process.env.ONHAND_TEST_SEED ? { seed: Number(process.env.ONHAND_TEST_SEED) } : {};
const lengthMax = 120;
const histories = stockHistories(lengthMax);

const isTick = ({ command }: TimedCommand) => command.kind === 'ExpireDue';
const withoutTicks = (history: TimedCommand[]) => history.filter((step) => !isTick(step));
const withTick = (step: TimedCommand): TimedCommand[] => [
  { command: { kind: 'ExpireDue', limit: 1 }, time: step.time },
  step,
];

/** Answers of a history that is decided in batches, each with the due list of its beginning. */
function answersOfBatches(history: TimedCommand[], size: number): (Answer | null)[] {
  const state = emptyState(historyPolicy);
  const answers: (Answer | null)[] = [];
  for (let from = 0; from < history.length; from += size) {
    const batch = history.slice(from, from + size);
    state.due = listReservations(state);
    const events = foldBatch(state, batch);
    batch.forEach((step, index) => {
      const outcome = events[index]?.at(-1);
      if (!isTick(step)) answers.push(outcome ? answerOf(outcome) : null);
    });
  }
  return answers;
}

function replayed(events: readonly StockEvent[]) {
  return events.reduce(evolve, emptyState(historyPolicy));
}

describe(`foldBatch, over ${runs} histories`, function () {
  this.timeout(300_000);
  let ran = 0;
  let commands = 0;
  const check = (property: (history: TimedCommand[]) => void, share = 1) => {
    const counted = fc.property(histories, (history) => {
      ran += 1;
      commands += history.length;
      property(history);
    });
    fc.assert(counted, { numRuns: Math.ceil(runs * share), verbose: true, ...seed });
  };
  after(() => {
    const mean = Math.round(commands / ran);
    const lengths = `${mean} commands and ticks on average, ${lengthMax} at most`;
    process.stdout.write(`    ${ran} histories of ${lengths}\n`);
  });

  it('answers as stock on paper would, and is sound after every step', () => {
    check((history) => {
      const paper = new NaiveStock(historyPolicy);
      runHistory(history, historyPolicy, (command, answer, state, time) => {
        expect(answer).to.deep.equal(paper.ask(command as StockMove, time));
        for (const { sku, location, level, reservations } of state.items.values()) {
          const held = [...reservations.values()].filter(({ expiresAt }) => expiresAt > time);
          const pending = held.reduce((sum, reservation) => sum + reservation.pending, 0);
          const onPaper = paper.level(sku, location, time);
          expect({ onHand: level.onHand, held: pending }).to.deep.equal(onPaper);
        }
      });
    });
  });

  it('can be replayed from its events', () => {
    check((history) => {
      const { state, events } = runHistory(history, historyPolicy);
      expect(stateContents(replayed(events))).to.deep.equal(stateContents(state));
    }, 0.2);
  });

  it('gives the same answers without ticks and with other ticks', () => {
    check((history) => {
      const { answers } = runHistory(history, historyPolicy);
      const silent = withoutTicks(history);
      expect(runHistory(silent, historyPolicy).answers).to.deep.equal(answers);
      const busy = silent.flatMap(withTick);
      expect(runHistory(busy, historyPolicy).answers).to.deep.equal(answers);
    }, 0.3);
  });

  it('gives the same answers in batches of any size', () => {
    check((history) => {
      const { answers } = runHistory(history, historyPolicy);
      for (const size of [2, 7, history.length]) {
        expect(answersOfBatches(history, size)).to.deep.equal(answers);
      }
    }, 0.2);
  });

  it('gives the same events in one batch as one by one', () => {
    check((history) => {
      const silent = withoutTicks(history);
      const batch = foldBatch(emptyState(historyPolicy), silent).flat();
      expect(batch).to.deep.equal(runHistory(silent, historyPolicy).events);
    }, 0.2);
  });

  it('keeps the earliest deadline in mind, or an earlier one', () => {
    check((history) => {
      const { state } = runHistory(history, historyPolicy);
      for (const { sku, location, reservations } of state.items.values()) {
        const deadlines = [...reservations.values()]
          .filter(({ pending }) => pending > 0)
          .map(({ expiresAt }) => expiresAt);
        const { nothingDueBefore } = itemOf(state, sku, location);
        expect(nothingDueBefore).to.be.at.most(Math.min(...deadlines));
      }
    }, 0.1);
  });
});
