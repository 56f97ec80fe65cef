import type { Logger } from 'pino';
import { OrderVerdicts, type ReceivedVerdict } from '../../consumers/orderVerdicts.ts';
import type { StockCommandProducer } from '../../producers/stockCommandProducer.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { AskingCommand } from '../../src/domain/commands.ts';
import type { ReservedLine } from '../../src/domain/order/orderVerdicts.ts';
import { percentOf } from '../shop/customerFate.ts';

/** What a warehouse books about a reserved order by itself, before anybody asks it to. */
type Booking = 'nothing' | 'ships all' | 'ships one unit' | 'finds one unit broken';

/** Shares in percent, added up. */
const shares: readonly (readonly [upTo: number, booking: Booking])[] = [
  [6, 'ships all'],
  [10, 'ships one unit'],
  [14, 'finds one unit broken'],
];

/**
 * A warehouse that books beside the shop: of some orders it confirms or releases units by stock
 * commands of its own as soon as they are held, while customers pay, cancel or forget to. Whichever
 * hand comes first, verdicts must say what is true.
 */
export class Warehouse {
  readonly #producer: StockCommandProducer;
  readonly #verdicts: OrderVerdicts;
  readonly #seed: number;
  #failure: Error | undefined;

  constructor(settings: Settings, logger: Logger, producer: StockCommandProducer, seed: number) {
    this.#producer = producer;
    this.#seed = seed;
    const take = (verdicts: ReceivedVerdict[]) => this.#book(verdicts);
    this.#verdicts = new OrderVerdicts(settings, logger, 'demo-warehouse', take, (error) => {
      this.#failure = error;
    });
  }

  async start(): Promise<void> {
    await this.#verdicts.start();
  }

  /** Throws when it has ended before. */
  async stop(): Promise<void> {
    await this.#verdicts.stop();
    if (this.#failure) throw this.#failure;
  }

  async #book(verdicts: readonly ReceivedVerdict[]): Promise<void> {
    const commands = verdicts.flatMap((verdict) => {
      const isHeld =
        verdict.kind === 'OrderStockReserved' || verdict.kind === 'OrderStockPartiallyReserved';
      return isHeld ? bookings(bookingOf(this.#seed, verdict.orderId), verdict) : [];
    });
    if (commands.length > 0) await this.#producer.send(commands);
  }
}

function bookingOf(seed: number, orderId: string): Booking {
  const percent = percentOf(`${seed}:warehouse:${orderId}`);
  return shares.find(([upTo]) => percent < upTo)?.[1] ?? 'nothing';
}

function bookings(
  booking: Booking,
  { orderId, lines }: { orderId: string; lines: readonly ReservedLine[] },
): AskingCommand[] {
  if (booking === 'nothing') return [];
  const held = lines.filter(({ granted }) => granted > 0);
  const touched = booking === 'ships all' ? held : held.slice(0, 1);
  return touched.map(({ sku, location }, index) => {
    const head = { commandId: `warehouse-${orderId}-${index}`, sku, location, orderId };
    if (booking === 'finds one unit broken') {
      return { ...head, kind: 'ReleaseReservation', quantity: 1, reason: 'broken' };
    }
    const quantity = booking === 'ships all' ? null : 1;
    return { ...head, kind: 'ConfirmReservation', quantity };
  });
}
