/** How far several lanes are that are folded at the same time, in offsets of their logs. */
export class FoldTally {
  readonly #show: (done: number, expected: number) => void;
  #expected = 0;
  #done = 0;

  constructor(show: (done: number, expected: number) => void) {
    this.#show = show;
  }

  expect(count: number): void {
    this.#expected += count;
  }

  done(count: number): void {
    this.#done += count;
    this.#show(this.#done, this.#expected);
  }
}
