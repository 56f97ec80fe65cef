import { SingleBar } from 'cli-progress';
import type { Tally } from './tally.ts';

const columns =
  '{bar} {percentage}%  {rate} commands/s  reserved {reserved}  confirmed {confirmed}  ' +
  'released {released}  expired {expired}  refused {refused}  lag {lag}';

/** One line that shows how the day goes; a line every two seconds where there is no terminal. */
export class LiveView {
  readonly #tally: Tally;
  readonly #bar: SingleBar;
  readonly #timer: NodeJS.Timeout;
  #fed = 0;
  #lastAnswered = 0;
  #lastTime = Date.now();
  #rate = 0;

  constructor(tally: Tally, invoices: number) {
    this.#tally = tally;
    this.#bar = new SingleBar({
      format: columns,
      barsize: 20,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
      etaBuffer: 2,
    });
    this.#bar.start(invoices, 0, this.#payload());
    this.#timer = setInterval(() => this.#draw(), 250);
  }

  feed(invoices: number): void {
    this.#fed = invoices;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#bar.stop();
  }

  #draw(): void {
    const seconds = (Date.now() - this.#lastTime) / 1000;
    if (seconds >= 1) {
      this.#rate = Math.round((this.#tally.answered - this.#lastAnswered) / seconds);
      this.#lastAnswered = this.#tally.answered;
      this.#lastTime = Date.now();
    }
    this.#bar.update(this.#fed, this.#payload());
  }

  #payload() {
    const { reserved, confirmed, released, expired, refused, lag } = this.#tally;
    return { reserved, confirmed, released, expired, refused, lag, rate: this.#rate };
  }
}
