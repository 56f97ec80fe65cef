import { SingleBar } from 'cli-progress';
import { errorColors } from '../src/ops/terminalColors.ts';

const format = '  {what} {bar} {percentage}%  {value}/{total}';
/** The longest title there is, so that bars stand below each other. */
const titleWidth = 12;

/** What the benchmark does now, on stderr: steps, and a bar while something long is under way. */
export class ProgressView {
  #bar: SingleBar | undefined;

  step(text: string): void {
    this.endBar();
    process.stderr.write(`${errorColors.cyan('•')} ${text}\n`);
  }

  /** Starts a bar, without a terminal a line now and then. Returns a function that moves it. */
  bar(what: string, total: number): (value: number) => void {
    this.endBar();
    const bar = new SingleBar({
      format,
      barsize: 20,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      hideCursor: true,
      clearOnComplete: true,
    });
    bar.start(total, 0, { what: what.padEnd(titleWidth) });
    this.#bar = bar;
    return (value) => bar.update(value);
  }

  endBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
