import { type Histogram, build } from 'hdr-histogram-js';

/** An hour, in µs: nothing here takes longer. */
const longestMicroseconds = 3_600_000_000;

/** Times in ms; NaN when there is none. */
export interface LatencySummary {
  p50: number;
  p99: number;
  max: number;
  samples: number;
}

/** Times of many answers, in an HDR histogram: µs, each to three digits, none left out. */
export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMicroseconds,
    numberOfSignificantValueDigits: 3,
  });

  record(ms: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(ms * 1000)));
  }

  summary(): LatencySummary {
    const samples = this.#histogram.totalCount;
    const at = (percent: number) => {
      return samples > 0 ? this.#histogram.getValueAtPercentile(percent) / 1000 : NaN;
    };
    return { p50: at(50), p99: at(99), max: at(100), samples };
  }
}
