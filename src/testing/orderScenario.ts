import fc from 'fast-check';
import type { OrderMode } from '../domain/order/orderEvents.ts';
import { commandsFor } from './commandsFor.ts';
import { expectTrue } from './orderAudit.ts';
import type { Wanted } from './orderEventsFor.ts';
import { linesOf } from './orderEventsFor.ts';
import { orderPolicy } from './orderSpec.ts';
import { OrderWorld, warehouseId } from './orderWorld.ts';
import { minuteMs } from './spec.ts';

/** Something that goes on next. The text is for the report of a failure. */
export interface Action {
  text: string;
  run: (world: OrderWorld, eventId: string) => void;
}

interface Scenario {
  units: number;
  orders: Action[];
  actions: Action[];
}

const skus = ['A', 'B', 'C', 'D'];
const orderIds = ['o-1', 'o-2', 'o-3', 'o-4'];
const lanes = 2;
const tick = { kind: 'DeadlinesDue', limit: 1000 } as const;
const openDeadline = { expiresAt: null, ttlSeconds: null };

const choice = fc.nat(1000);
const orderId = fc.constantFrom(...orderIds);
const wanted: fc.Arbitrary<Wanted> = fc.dictionary(
  fc.constantFrom(...skus),
  fc.integer({ min: 1, max: 3 }),
  { minKeys: 1, noNullPrototype: true },
);
const mode = fc.constantFrom<OrderMode>('all', 'all', 'partial');
const passMs = fc.constantFrom(1, 1000, minuteMs, 10 * minuteMs, 30 * minuteMs, 100 * minuteMs);

function often<Value>(
  weight: number,
  text: string,
  given: fc.Arbitrary<Value>,
  run: (value: Value, world: OrderWorld, eventId: string) => void,
) {
  const arbitrary = given.map((value): Action => {
    return {
      text: `${text} ${JSON.stringify(value)}`,
      run: (world, eventId) => {
        run(value, world, eventId);
      },
    };
  });
  return { weight, arbitrary };
}

/** Messages move in any interleaving; some come twice, some replies overtake each other. */
export const traffic = [
  often(6, 'decideOrder', choice, (_, world) => {
    world.decideOrder();
  }),
  often(6, 'publishCommand', choice, (_, world) => {
    world.publishCommand();
  }),
  often(9, 'decideStock', choice, (lane, world) => {
    world.decideStock(lane);
  }),
  often(9, 'publishReply', choice, (lane, world) => {
    world.publishReply(lane);
  }),
  often(1, 'settle', fc.constant(null), (_, world) => {
    world.settle();
  }),
  often(3, 'swapReplies', choice, (place, world) => {
    world.swapReplies(place);
  }),
  often(1, 'sendAgain', choice, (place, world) => {
    world.sendAgain(place);
  }),
  often(1, 'sendCommandAgain', choice, (place, world) => {
    world.sendCommandAgain(place);
  }),
  often(1, 'reload', fc.constant(null), (_, world) => {
    world.reload();
  }),
];

const time = [
  often(2, 'pass', passMs, (ms, world) => {
    world.now += ms;
  }),
  often(1, 'tick', fc.constant(null), (_, world) => {
    world.send(tick);
  }),
  often(1, 'stockTick', fc.constant(null), (_, world) => {
    tickStock(world);
  }),
];

const place = often(
  2,
  'place',
  fc.tuple(orderId, wanted, mode),
  ([id, units, how], world, eventId) => {
    const order = { eventId, orderId: id, lines: linesOf(units), mode: how, ...openDeadline };
    world.send({ kind: 'OrderPlaced', ...order });
  },
);

const upstream = [
  place,
  often(3, 'pay', orderId, (id, world, eventId) => {
    world.send({ kind: 'OrderPaid', eventId, orderId: id });
  }),
  often(1, 'cancel', orderId, (id, world, eventId) => {
    world.send({ kind: 'OrderCancelled', eventId, orderId: id, reason: '' });
  }),
  often(2, 'return', fc.tuple(orderId, wanted), ([id, units], world, eventId) => {
    world.send({ kind: 'OrderReturned', eventId, orderId: id, lines: linesOf(units) });
  }),
  // Stock commands without an order: they hold units for a while, and some sell them.
  often(1, 'rival', fc.tuple(wanted, fc.boolean()), ([units, sells], world, eventId) => {
    for (const [sku, quantity] of Object.entries(units)) {
      const { reserve, confirm } = commandsFor(sku);
      world.sendCommand(reserve(`rival-${eventId}`, quantity, { ttlSeconds: 300 }));
      if (sells) world.sendCommand(confirm(`rival-${eventId}`));
    }
  }),
];

/** A warehouse that books what it does with an order's goods by stock commands of its own. */
const warehouse = often(
  3,
  'warehouse',
  fc.tuple(orderId, fc.constantFrom(...skus), fc.nat(3), fc.nat(3)),
  ([id, sku, what, units], world, eventId) => {
    // Before the reservation, its release would be a cancellation.
    if (!world.reservationsOf(id).has(sku)) return;
    const { confirm, release, takeBack } = commandsFor(sku);
    const more = { commandId: warehouseId + eventId, quantity: units === 0 ? null : units };
    if (what < 2) world.sendCommand(confirm(id, more));
    else if (what === 2) world.sendCommand(release(id, more));
    else world.sendCommand(takeBack(id, units + 1, { commandId: more.commandId }));
  },
);

/** Units of each SKU to begin with, often some orders, and then anything in any order. */
export const scenario: fc.Arbitrary<Scenario> = fc.record({
  units: fc.integer({ min: 1, max: 6 }),
  orders: fc.array(place.arbitrary, { maxLength: 4 }),
  actions: fc.array(fc.oneof(...traffic, ...time, ...upstream, warehouse), {
    maxLength: 150,
    size: 'max',
  }),
});

/** A world with stock, in which every verdict is held against the stock as it is given. */
export function stockedWorld(units: number): OrderWorld {
  const world = new OrderWorld(lanes, expectTrue);
  for (const sku of skus) world.sendCommand(commandsFor(sku).receive(units));
  return world;
}

/** Goes through a scenario, lets everything arrive, and then all deadlines pass. */
export function play({ units, orders, actions }: Scenario): OrderWorld {
  const world = stockedWorld(units);
  [...orders, ...actions].forEach(({ run }, index) => {
    run(world, `e-${index}`);
  });
  world.settle();
  world.now += orderPolicy.paymentTtlMs;
  world.send(tick);
  world.settle();
  world.now += orderPolicy.paymentTtlMs + orderPolicy.graceMs;
  tickStock(world);
  world.settle();
  return world;
}

function tickStock(world: OrderWorld): void {
  for (const log of world.stockLogs) log.append({ kind: 'ExpireDue', limit: 1000 }, world.now);
}
