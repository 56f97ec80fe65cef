/** Where values are along a line, and which of them are labelled. */
export interface Axis {
  /** From 0 to 1. */
  place: (value: number) => number;
  ticks: number[];
}

/** Beyond this ratio small values would vanish on a linear axis. */
const linearRatioMax = 20;

/** An axis for positive values: from zero on, or logarithmic when they are far apart. */
export function axisFor(values: readonly number[]): Axis {
  const sound = values.filter((value) => Number.isFinite(value) && value > 0);
  const [least, most] = [Math.min(...sound), Math.max(...sound)];
  if (sound.length === 0) return { place: () => 0, ticks: [] };
  return most / least > linearRatioMax ? logarithmic(least, most) : linear(most);
}

/** From the power of ten below the least value to the one above the most. */
export function logarithmic(least: number, most: number): Axis {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const decades = Math.max(1, to - from);
  return {
    place: (value) => Math.max(0, (Math.log10(value) - from) / decades),
    ticks: Array.from({ length: decades + 1 }, (_, index) => 10 ** (from + index)),
  };
}

function linear(most: number): Axis {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((part) => part * magnitude).find((it) => most / it <= 5);
  const width = step ?? 5 * magnitude;
  const count = Math.ceil(most / width);
  return {
    place: (value) => value / (count * width),
    ticks: Array.from({ length: count + 1 }, (_, index) => index * width),
  };
}
