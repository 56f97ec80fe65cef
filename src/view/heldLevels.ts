import type { Settings } from '../config/settings.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import type { ViewClient } from './viewClient.ts';
import { type ItemName, levelKey } from './viewKeys.ts';

/** A level as Redis holds it. */
export interface HeldLevel {
  /** Id of the commands topic that it follows from. */
  log: string;
  level: PublishedStockLevel;
}

const fields = ['log', 'sequence', 'onHand', 'reserved', 'time'] as const;

/**
 * What Redis holds of these stock items, in their order; undefined where there is nothing. Throws
 * what Redis or the connection to it throws.
 */
export async function readHeldLevels(
  client: ViewClient,
  settings: Settings,
  items: readonly ItemName[],
): Promise<(HeldLevel | undefined)[]> {
  return Promise.all(
    items.map(async (item) => {
      const [log, ...numbers] = await client.hmget(levelKey(settings, item), ...fields);
      if (!log) return undefined;
      const [sequence = 0, onHand = 0, reserved = 0, time = 0] = numbers.map(Number);
      const { sku, location } = item;
      return { log, level: { sku, location, sequence, time, onHand, reserved } };
    }),
  );
}
