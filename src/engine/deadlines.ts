interface Deadline<Place> {
  time: number;
  place: Place;
}

/**
 * Deadlines by time, a heap: what is due is found without looking through all that is held. What
 * has moved or ended meanwhile stays in it until its time: the caller looks whether it still holds.
 */
export class Deadlines<Place> {
  readonly #heap: Deadline<Place>[] = [];

  /** `time`: ms since 1970. */
  add(time: number, place: Place): void {
    const heap = this.#heap;
    let at = heap.length;
    const added = { time, place };
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.time <= time) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = added;
  }

  /** Takes all out whose time has come at `now`, the earliest first. */
  take(now: number): Deadline<Place>[] {
    const due: Deadline<Place>[] = [];
    for (let first = this.#heap[0]; first && first.time <= now; first = this.#heap[0]) {
      due.push(first);
      this.#removeFirst();
    }
    return due;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (!child) break;
      const right = heap[below + 1];
      if (right && right.time < child.time) {
        child = right;
        below++;
      }
      if (child.time >= last.time) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}
