interface Deadline<Place> {
  time: number;
  place: Place;
}

/**
 * Deadlines by time, a heap: what is due is found without looking through all that is held. What
 * has moved or ended meanwhile stays in it until its time: the caller looks whether it still holds.
 */
export class Deadlines<Place> {
  // Two arrays, as an object for each would be most of what they take.
  readonly #times: number[] = [];
  readonly #places: Place[] = [];

  /** `time`: ms since 1970. */
  add(time: number, place: Place): void {
    const [times, places] = [this.#times, this.#places];
    let at = times.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (times[above]! <= time) break;
      times[at] = times[above]!;
      places[at] = places[above]!;
      at = above;
    }
    times[at] = time;
    places[at] = place;
  }

  /** Takes all out whose time has come at `now`, the earliest first. */
  take(now: number): Deadline<Place>[] {
    const due: Deadline<Place>[] = [];
    for (let time = this.#times[0]; time !== undefined && time <= now; time = this.#times[0]) {
      due.push({ time, place: this.#places[0]! });
      this.#removeFirst();
    }
    return due;
  }

  #removeFirst(): void {
    const [times, places] = [this.#times, this.#places];
    const time = times.pop()!;
    const place = places.pop()!;
    if (times.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= times.length) break;
      if (below + 1 < times.length && times[below + 1]! < times[below]!) below++;
      if (times[below]! >= time) break;
      times[at] = times[below]!;
      places[at] = places[below]!;
      at = below;
    }
    times[at] = time;
    places[at] = place;
  }
}
