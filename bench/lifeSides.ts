import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { AskingCommand } from '../src/domain/commands.ts';
import { callSide } from './callSide.ts';
import { checkReserved, differences } from './checkReserved.ts';
import { type Drain, type DrainOptions, drainSide } from './drainSide.ts';
import { endOf, endsAmong } from './lifeWorkload.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { receiveAll, reserveOne, sendCommands } from './preload.ts';
import { fillShop } from './shopDatabase.ts';
import { type ShopWay, shopWays } from './shopWays.ts';
import type { Side } from './side.ts';
import type { Workload } from './workload.ts';

/** Orders between a reservation and its end, on the log. */
const apart = 2000;
/** Life of a reservation that shall expire: over before the processor comes to see it. */
const shortSeconds = 1;

const lives: Drain<Workload, OutcomeReader> = {
  name: 'onhand',
  answers: ({ orders, skus }) => skus.length + 2 * orders.length,
  preload: (at, work, show) => sendCommands(at, lifeCommands(work), show),
  openReader: (at) => OutcomeReader.open(at),
  check: (at, { orders, skus }, reader) => {
    const [granted, events] = [orders.length, skus.length + 2 * orders.length];
    return checkReserved(at, { events, granted, pending: 0, ...endsOf(granted) }, reader);
  },
};

/** Whole lives by onhand, Kafka to Kafka: who expires does so by the processor's own ticks. */
export function lifeOnhandSide(options?: DrainOptions): Side {
  return drainSide(lives, options);
}

/** Whole lives by a shop: each caller reserves, then pays, cancels, or (as a sweeper) expires. */
export function lifeShopSide(name: keyof typeof shopWays): Side {
  return callSide<Workload, ShopWay>({
    name,
    open: shopWays[name],
    orders: ({ orders }) => orders.length,
    commandsPerOrder: 2,
    fill: fillShop,
    answer: async (way, pool, { orders, skus }, order) => {
      const sku = skus[orders[order] ?? 0] ?? '';
      const granted = await way.reserve(pool, sku, `order-${order}`);
      return granted && (await way.end(pool, sku, `order-${order}`, endOf(order)));
    },
    check: checkShopLives,
  });
}

function* lifeCommands(work: Workload): Generator<AskingCommand> {
  yield* receiveAll(work);
  const { orders, skus } = work;
  for (let number = 0; number < orders.length + apart; number++) {
    const sku = skus[orders[number] ?? 0] ?? '';
    if (number < orders.length) {
      yield reserveOne(sku, number, endOf(number) === 'expired' ? shortSeconds : null);
    }
    const ending = number - apart;
    const end = endOf(ending);
    if (ending < 0 || end === 'expired') continue;
    const head = { sku: skus[orders[ending] ?? 0] ?? '', location: 'main', quantity: null };
    const ids = { commandId: `end-${ending}`, orderId: `order-${ending}` };
    if (end === 'confirmed') yield { kind: 'ConfirmReservation', ...head, ...ids };
    else yield { kind: 'ReleaseReservation', ...head, ...ids, reason: '' };
  }
}

function endsOf(orders: number) {
  const [confirmed, released, expired] = (['confirmed', 'released', 'expired'] as const).map(
    (end) => endsAmong(orders, end),
  );
  return { confirmed: confirmed ?? 0, released: released ?? 0, expired: expired ?? 0 };
}

interface ShopTotals extends RowDataPacket {
  oversold: number;
  onHand: number;
  reserved: number;
  ended: number;
  outbox: number;
}

async function checkShopLives(pool: Pool, { orders, stock }: Workload, granted: number) {
  const [rows] = await pool.query<ShopTotals[]>(
    `SELECT CAST(SUM(GREATEST(reserved - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(on_hand) AS SIGNED) AS onHand, CAST(SUM(reserved) AS SIGNED) AS reserved,
       (SELECT COUNT(*) FROM shop_reservations WHERE status <> 'held') AS ended,
       (SELECT COUNT(*) FROM shop_outbox) AS outbox
     FROM shop_stock`,
  );
  const found = rows[0] ?? ({} as Partial<ShopTotals>);
  const count = orders.length;
  const units = stock.reduce((sum, own) => sum + own, 0);
  const faults = differences([
    ['granted and ended', granted, count],
    ['units on hand', found.onHand, units - endsAmong(count, 'confirmed')],
    ['units reserved', found.reserved, 0],
    ['reservations ended', found.ended, count],
    ['outbox rows', found.outbox, 2 * count],
    ['units oversold', found.oversold, 0],
  ]);
  return { oversold: found.oversold ?? NaN, faults };
}
