import type { Settings } from '../config/settings.ts';

type Prefix = Pick<Settings, 'ONHAND_TOPIC_PREFIX'>;

/** A stock item: one SKU at one location. */
export interface ItemName {
  sku: string;
  location: string;
}

/**
 * `onhand:<topic prefix>:{<SKU>}:level:<location>`: a hash with the fields `onHand`, `reserved`,
 * `sequence`, `time` (log time in ms since 1970 at which this level was current) and `log` (id of
 * the commands topic that it follows from: numbers of another log say nothing about this one).
 *
 * What is in braces is the hash tag, so a Redis cluster keeps all keys of a SKU on one node. In the
 * SKU, `%`, `{` and `}` stand as `%25`, `%7B` and `%7D`. No prefix holds a colon, so that no two
 * installations have a key in common.
 */
export function levelKey(settings: Prefix, { sku, location }: ItemName): string {
  return `${keyStart(settings)}{${escaped(sku)}}:level:${location}`;
}

/**
 * `onhand:<topic prefix>:{<SKU>}:outcome:<command id>`: the stock event that answers a command, as
 * bytes (Avro, single-object encoding), for ONHAND_OUTCOME_TTL_SECONDS.
 */
export function outcomeKeys(settings: Prefix): (sku: string, commandId: string) => string {
  // Many commands of few SKUs.
  const starts = new Map<string, string>();
  return (sku, commandId) => {
    let start = starts.get(sku);
    if (start === undefined) {
      start = `${keyStart(settings)}{${escaped(sku)}}:outcome:`;
      starts.set(sku, start);
    }
    return start + commandId;
  };
}

/**
 * `onhand:<topic prefix>:{lanes}`: a hash that says of each lane how far its levels are (field: the
 * lane; see `LaneNote`) and when that was last affirmed (`<lane>:seen`, the clock of Redis in ms).
 */
export function notesKey(settings: Prefix): string {
  return `${keyStart(settings)}{lanes}`;
}

/** A pattern for SCAN that matches every level key of this installation, and no other's. */
export function levelKeyPattern(settings: Prefix): string {
  // Of the characters that a prefix may have, none is special in a pattern.
  return `${keyStart(settings)}{*}:level:*`;
}

/** The stock item of a level key; undefined when it is none of this prefix. */
export function itemOfLevelKey(settings: Prefix, key: string): ItemName | undefined {
  const start = `${keyStart(settings)}{`;
  const end = key.indexOf('}:level:');
  if (!key.startsWith(start) || end <= start.length) return undefined;
  const sku = key.slice(start.length, end).replace(/%(25|7B|7D)/g, decodeURIComponent);
  return { sku, location: key.slice(end + '}:level:'.length) };
}

function keyStart({ ONHAND_TOPIC_PREFIX: prefix }: Prefix): string {
  return `onhand:${prefix}:`;
}

function escaped(sku: string): string {
  return sku.replace(/[%{}]/g, encodeURIComponent);
}

/**
 * The keys of older releases: prefix and SKU stood side by side, so that `shop.` with `eu.tea` and
 * `shop.eu.` with `tea` shared a level. Nobody reads them any more; `dropOlderKeys` deletes them.
 */
export const olderKeys = {
  level({ ONHAND_TOPIC_PREFIX: prefix }: Prefix, { sku, location }: ItemName): string {
    return `onhand:{${prefix}${escaped(sku)}}:level:${location}`;
  },
  notes({ ONHAND_TOPIC_PREFIX: prefix }: Prefix): string {
    return `onhand:view:${prefix}`;
  },
};
