import { expect } from 'chai';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { PendingOutcomes, outcomeKey } from './pendingOutcomes.ts';

const event = (commandId: string | null, commandDigest = 7): PublishedStockEvent => ({
  kind: 'StockReceived',
  quantity: 1,
  eventId: `e-${commandId}`,
  sku: 'tea',
  location: 'main',
  sequence: 1,
  commandId,
  commandDigest: commandId === null ? null : commandDigest,
  time: 1,
  partition: 0,
  offset: 0,
  index: 0,
  onHandBefore: 0,
  reservedBefore: 0,
  onHandAfter: 1,
  reservedAfter: 0,
});
const late = () => new Error('late');
const errorOf = (waiting: Promise<unknown>) => waiting.catch((error: Error) => error.message);

describe('PendingOutcomes', () => {
  it('answers all that wait for a command, and nobody else', async () => {
    const outcomes = new PendingOutcomes(10);
    const [one, two, other] = [7, 7, 8].map((digest) =>
      outcomes.wait(outcomeKey('c-1', digest), 1000, late),
    );
    outcomes.take(event(null));
    outcomes.take(event('c-2'));
    expect(outcomes.size).to.equal(3);
    outcomes.take(event('c-1'));
    expect(await one!.event).to.equal(await two!.event);
    expect(outcomes.size).to.equal(1);
    other!.fail(new Error('given up'));
    expect(await errorOf(other!.event)).to.equal('given up');
    expect(outcomes.size).to.equal(0);
  });

  it('fails after the deadline', async () => {
    const outcomes = new PendingOutcomes(10);
    const { event: waiting, fail } = outcomes.wait(outcomeKey('c-1', 7), 5, late);
    expect(await errorOf(waiting)).to.equal('late');
    fail(new Error('again'));
    expect(outcomes.size).to.equal(0);
  });

  it('remembers the last outcomes only', () => {
    const outcomes = new PendingOutcomes(2);
    for (const id of ['c-1', 'c-2', 'c-3']) outcomes.take(event(id));
    const recalled = ['c-1', 'c-2', 'c-3'].map((id) => outcomes.recall(outcomeKey(id, 7))?.eventId);
    expect(recalled).to.deep.equal([undefined, 'e-c-2', 'e-c-3']);
    expect(outcomes.recall(outcomeKey('c-3', 8))).to.be.undefined;
  });

  it('keeps the outcome of a call that was given up, however many others follow', async () => {
    const outcomes = new PendingOutcomes(2);
    const { event: waiting } = outcomes.wait(outcomeKey('mine', 7), 1, late);
    await errorOf(waiting);
    outcomes.take(event('mine'));
    for (const id of ['c-1', 'c-2', 'c-3']) outcomes.take(event(id));
    expect(outcomes.recall(outcomeKey('mine', 7))?.eventId).to.equal('e-mine');
  });
});
