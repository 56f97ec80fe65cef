import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least `min` from the command line; commander tells what is wrong. */
export function optionNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${min}.`);
  };
}
