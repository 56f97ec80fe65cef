import { InvalidArgumentError } from 'commander';
import { LEVEL_MAX } from '../domain/limits.ts';

/** Units that a stock item is to begin with. */
export interface StartingLevel {
  sku: string;
  location: string;
  onHand: number;
}

/** Reads `SKU=UNITS` or `SKU@LOCATION=UNITS`; commander tells what is wrong. */
export function optionStart(text: string): StartingLevel {
  const [, item = '', units] = /^(.+)=(\d+)$/.exec(text) ?? [];
  const onHand = Number(units ?? NaN);
  if (item === '' || !(onHand <= LEVEL_MAX)) {
    throw new InvalidArgumentError(`It must be such as 85123A=500, at most ${LEVEL_MAX} units.`);
  }
  const [, sku = item, location = 'main'] = /^(.+)@(.+)$/.exec(item) ?? [];
  return { sku, location, onHand };
}
