import { SingleBar } from 'cli-progress';
import type { ShopWatch } from './shopWatch.ts';

const columns =
  '{bar} {percentage}%  {rate} orders/s  reserved {reserved}  paid {confirmed}  ' +
  'expired {expired}  cancelled {cancelled}  rejected {rejected}  refunds {refunded}  lag {lag}';

/** One line that shows how the day goes; a line every two seconds where there is no terminal. */
export class LiveView {
  readonly #watch: ShopWatch;
  readonly #orders: number;
  readonly #bar: SingleBar;
  readonly #timer: NodeJS.Timeout;
  #placed = 0;
  #lastPlaced = 0;
  #lastTime = Date.now();
  #rate = 0;

  /** `orders` are those that the day will see. */
  constructor(watch: ShopWatch, orders: number) {
    this.#watch = watch;
    this.#orders = orders;
    this.#bar = new SingleBar({
      format: columns,
      barsize: 20,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
      etaBuffer: 2,
    });
    this.#bar.start(orders, 0, this.#payload());
    this.#timer = setInterval(() => this.#draw(), 250);
  }

  /** So many customers have their order, or their invoice, behind them. */
  served(count: number): void {
    this.#placed += count;
  }

  /** How much of the day is over, 0 to 1. */
  get share(): number {
    return this.#placed / this.#orders;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#bar.stop();
  }

  #draw(): void {
    const seconds = (Date.now() - this.#lastTime) / 1000;
    if (seconds >= 1) {
      this.#rate = Math.round((this.#placed - this.#lastPlaced) / seconds);
      this.#lastPlaced = this.#placed;
      this.#lastTime = Date.now();
    }
    this.#bar.update(this.#placed, this.#payload());
  }

  #payload() {
    return { ...this.#watch.counts, lag: this.#watch.lag, rate: this.#rate };
  }
}
