import { expect } from 'chai';
import type { OrderEvent, StockReply } from '../domain/order/orderEvents.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { commandsOf, orderPolicy, verdictsOf } from '../testing/orderSpec.ts';
import { minuteMs, startTime } from '../testing/spec.ts';
import { OrderTrace } from './orderTrace.ts';
import { stepText } from './stepText.ts';

const topicId = 'T'.repeat(22);
const lane = {
  engine: 'order',
  lane: 0,
  topicId,
  partitionCount: 1,
  nextOffset: Number.MAX_SAFE_INTEGER,
  failed: new Map<number, string>(),
} as const;

const { place, pay } = orderEventsFor('o-1');
const other = orderEventsFor('o-2');
const tick: OrderEvent = { kind: 'DeadlinesDue', limit: 1000 };

/** A record at an offset, so many ms after the start; keyed as its sender would. */
function record(offset: number, event: OrderEvent, ms = offset): LaneRecord {
  const key = event.kind === 'DeadlinesDue' ? null : Buffer.from(event.orderId);
  const value = encodeOrderEvent(event);
  return { offset, timestamp: startTime + ms, key, value, headers: {} };
}

const none = { quantity: 0, reason: null, shortage: null, totals: null };

/** The answer to a command of the order that was placed at an offset. */
function reply(placedAt: number, id: string, sku: string, more: Partial<StockReply>): StockReply {
  const commandId = `${topicId}:0:${placedAt}:${id}`;
  const head = { orderId: 'o-1', commandId, sku, location: 'main' };
  return { kind: 'StockReply', ...head, ...none, ...more };
}

function trace(records: LaneRecord[], more: Partial<typeof lane> = {}): OrderTrace {
  const traced = new OrderTrace('o-1', { ...lane, ...more }, orderPolicy);
  traced.take(records);
  return traced;
}

describe('OrderTrace', () => {
  const placed = place({ tea: 2, cup: 1 }, { eventId: 'placed' });
  const paid = pay({ eventId: 'paid' });
  const life = [
    record(3, other.place({ tea: 1 })),
    record(4, placed),
    record(5, tick),
    record(6, reply(4, '1:0', 'cup', { quantity: 1 })),
    record(7, other.pay()),
    record(8, reply(4, '0:0', 'tea', { quantity: 2 })),
    record(9, reply(4, '0:0', 'tea', { quantity: 2 })),
    record(10, placed),
    record(11, paid),
    record(12, reply(4, '0:1', 'tea', { quantity: 2 })),
    record(13, reply(4, '1:1', 'cup', { quantity: 1 })),
  ];

  it('tells the steps of one order only, in log order, with what each led to', () => {
    const { steps } = trace(life);
    expect(
      steps.map(({ offset, outcome, phase, waiting }) => [offset, outcome, phase, waiting]),
    ).to.deep.equal([
      [4, 'decided', 'reserving', 2],
      [6, 'decided', 'reserving', 1],
      [8, 'decided', 'reserved', 0],
      [9, 'unawaited', 'reserved', 0],
      [10, 'repeated', 'reserved', 0],
      [11, 'decided', 'confirming', 2],
      [12, 'decided', 'confirming', 1],
      [13, 'decided', 'confirmed', 0],
    ]);
    expect(commandsOf(steps[0]!.facts).map(({ commandId }) => commandId)).to.deep.equal([
      `${topicId}:0:4:0:0`,
      `${topicId}:0:4:1:0`,
    ]);
    const kinds = steps.flatMap(({ facts }) => verdictsOf(facts)).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['OrderStockReserved', 'OrderStockConfirmed']);
  });

  it('lets a tick count only when the order is due, by the log time of all records', () => {
    const late = 31 * minuteMs;
    const { steps, order } = trace([
      record(1, place({ tea: 1 })),
      record(2, reply(1, '0:0', 'tea', { quantity: 1 })),
      record(3, tick, 29 * minuteMs),
      record(4, other.pay(), late),
      // The broker's clock was set back: time does not turn back.
      record(5, tick, 5),
    ]);
    expect(steps.map(({ offset }) => offset)).to.deep.equal([1, 2, 5]);
    expect(steps.at(-1)).to.include({ time: startTime + late, phase: 'releasing', waiting: 1 });
    expect(order?.head.ending).to.equal('PAYMENT_OVERDUE');
  });

  it('does not decide what the processor has not, and says so', () => {
    const undecided = trace(life, { nextOffset: 8 }).steps;
    expect(undecided.map(({ outcome }) => outcome).slice(0, 3)).to.deep.equal([
      'decided',
      'decided',
      'undecided',
    ]);
    expect(undecided.at(-1)).to.include({ outcome: 'undecided', phase: 'reserving' });

    const failed = trace(life, { failed: new Map([[4, 'boom']]) });
    expect(failed.steps[0]).to.include({ outcome: 'dead-letter', failure: 'HANDLER_FAILED: boom' });
    expect(failed.steps[3]).to.include({ outcome: 'unawaited' });
    expect(failed.steps[4]).to.include({ offset: 10, outcome: 'decided' });
  });

  it('knows the order’s broken records by their key', () => {
    const value = encodeOrderEvent(placed).subarray(0, 12);
    const { steps } = trace([{ ...record(1, placed), value }]);
    expect(steps).to.have.length(1);
    expect(steps[0]).to.include({ event: null, outcome: 'dead-letter', phase: null });
    expect(steps[0]?.failure).to.match(/^BROKEN_BODY: /);
    expect(stepText(steps[0]!)).to.include('a record that cannot be decoded');
  });

  it('finds the order’s events whatever their key is, and no other order’s', () => {
    const long = orderEventsFor('o-12');
    const stray = { ...record(2, placed), key: Buffer.from('else') };
    const { steps } = trace([record(1, long.place({ tea: 1 })), stray]);
    expect(steps.map(({ offset }) => offset)).to.deep.equal([2]);
  });
});

describe('stepText', () => {
  const time = new Date(startTime + 1).toISOString();

  it('shows what came, what was decided and asked, and the phase', () => {
    const placed = place({ tea: 2, 'blue cup': 1 }, { eventId: 'placed', ttlSeconds: 60 });
    const deadline = new Date(startTime + 1 + 60_000).toISOString();
    const [step] = trace([record(1, placed)]).steps;
    expect(stepText(step!).split('\n')).to.deep.equal([
      `#1  ${time}  OrderPlaced placed`,
      '  came     all or nothing, to be paid within 60 s',
      '           tea ×2',
      '           blue cup ×1',
      '  decided  accepted',
      `           2 stock items, to be paid before ${deadline}`,
      `  asked    ReserveStock  tea ×2       ${topicId}:0:1:0:0`,
      `           ReserveStock  blue cup ×1  ${topicId}:0:1:1:0`,
      '  phase    reserving, waits for 2 replies',
    ]);
  });

  it('shows each line of a verdict with its reason', () => {
    const { steps } = trace([
      record(1, place({ tea: 2, cup: 5 }, { eventId: 'placed' })),
      record(2, reply(1, '0:0', 'tea', { quantity: 2 })),
      record(3, reply(1, '1:0', 'cup', { reason: 'INSUFFICIENT_STOCK', shortage: 4 })),
      record(4, reply(1, '0:1', 'tea', { quantity: 2 })),
    ]);
    const refused = stepText(steps[2]!);
    expect(refused).to.include('cup: INSUFFICIENT_STOCK, 4 missing');
    expect(refused).to.include('given up: LINES_REFUSED (order rejected)');
    expect(refused).to.match(/asked {4}ReleaseReservation {2}tea, all that is held/);
    expect(stepText(steps[3]!)).to.include(
      [
        '  verdict  1 OrderStockRejected, answers placed, LINES_REFUSED',
        '             tea  0 of 2 held',
        '             cup  0 of 5 held  INSUFFICIENT_STOCK, 4 missing',
        '  phase    rejected',
      ].join('\n'),
    );
  });

  it('shows refusals and repeats as such, and no control characters', () => {
    const { place: again, cancel } = orderEventsFor('o-1');
    const { steps } = trace([
      record(1, cancel({ eventId: 'e', reason: 'x\u001b[31m' })),
      record(2, again({ tea: 1 }, { eventId: 'e' })),
      record(3, again({ tea: 1 }, { eventId: 'e' })),
    ]);
    expect(stepText(steps[0]!)).to.include('reason: x\\u001b[31m').and.not.to.include('\u001b');
    expect(stepText(steps[1]!)).to.include('OrderPlaced: EVENT_ID_REUSED');
    expect(stepText(steps[2]!)).to.include('nothing: a repeat, it was decided before');
  });
});
