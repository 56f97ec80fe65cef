const showAfterMs = 1000;
const showEveryMs = 200;

/** How far a command is that reads a log: records, or offsets. */
export interface ReadingProgress {
  /** So many are read, of so many. */
  show: (read: number, total: number) => void;
  /** Takes the line away. */
  end: () => void;
}

/**
 * Says on a terminal how far reading is, how fast, and how long it will take, once that is long
 * enough to be wondered at.
 */
export function readingProgress(what = 'reading the log'): ReadingProgress {
  const begun = performance.now();
  let shownAt = begun + showAfterMs - showEveryMs;
  let isShown = false;
  return {
    show: (read, total) => {
      const now = performance.now();
      if (!process.stderr.isTTY || now - shownAt < showEveryMs) return;
      shownAt = now;
      isShown = true;
      process.stderr.write(`\r${progressText(what, read, total, now - begun)}\u001b[K`);
    },
    end: () => {
      if (isShown) process.stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}

/** `reading the log: 1,200 of 4,000, 600/s, 5 s left`. */
export function progressText(what: string, read: number, total: number, elapsedMs: number): string {
  const perSecond = (read * 1000) / Math.max(1, elapsedMs);
  const numbers = [read, total, Math.round(perSecond)].map((it) => it.toLocaleString('en'));
  const left = read > 0 ? `, ${Math.ceil(Math.max(0, total - read) / perSecond)} s left` : '';
  return `${what}: ${numbers[0]} of ${numbers[1]}, ${numbers[2]}/s${left}`;
}
