/** How long callers have waited for answers, each counted from when it asked first. */
export class Waits {
  readonly #open = new Map<symbol, number>();
  /** When the latest question was asked that has been answered, by lane. */
  readonly #answered = new Map<string, number>();
  #lastAnswer = performance.now();
  #longest = 0;
  #longestSilence = 0;

  /** Asks until there is an answer. `lane` names who is asked. */
  async of<Answer>(lane: string, ask: () => Promise<Answer>): Promise<Answer> {
    const key = Symbol(lane);
    const begun = performance.now();
    this.#open.set(key, begun);
    try {
      return await ask();
    } finally {
      this.#open.delete(key);
      this.#answered.set(lane, begun);
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - begun);
      this.#longestSilence = Math.max(this.#longestSilence, now - this.#lastAnswer);
      this.#lastAnswer = now;
    }
  }

  /** Whether each of these has answered something that was asked after `moment`. */
  haveAnswered(lanes: readonly string[], moment: number): boolean {
    return lanes.every((lane) => (this.#answered.get(lane) ?? 0) > moment);
  }

  /** Those that have not. */
  silent(lanes: readonly string[], moment: number): string[] {
    return lanes.filter((lane) => !this.haveAnswered([lane], moment));
  }

  /** Forgets what was before. */
  begin(): void {
    this.#longest = 0;
    this.#longestSilence = 0;
    this.#lastAnswer = performance.now();
  }

  /** In ms: the longest wait of one caller, and the longest time in which nobody got an answer. */
  get figures(): { wait: number; silence: number } {
    return { wait: this.#longest, silence: this.#longestSilence };
  }
}
