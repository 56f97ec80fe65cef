import type { Settings } from '../config/settings.ts';

type Prefix = Pick<Settings, 'ONHAND_TOPIC_PREFIX'>;

/** A stock item: one SKU at one location. */
export interface ItemName {
  sku: string;
  location: string;
}

/**
 * `onhand:{<topic prefix><SKU>}:level:<location>`: a hash with the fields `onHand`, `reserved`,
 * `sequence`, `time` (log time in ms since 1970 at which this level was current) and `log` (id of
 * the commands topic that it follows from: numbers of another log say nothing about this one).
 *
 * What is in braces is the hash tag, so a Redis cluster keeps all keys of a SKU on one node. In the
 * SKU, `%`, `{` and `}` stand as `%25`, `%7B` and `%7D`.
 */
export function levelKey(settings: Prefix, { sku, location }: ItemName): string {
  return `onhand:${hashTag(settings, sku)}:level:${location}`;
}

/**
 * `onhand:{<topic prefix><SKU>}:outcome:<command id>`: the stock event that answers a command, as
 * bytes (Avro, single-object encoding), for ONHAND_OUTCOME_TTL_SECONDS.
 */
export function outcomeKeys(settings: Prefix): (sku: string, commandId: string) => string {
  // Many commands of few SKUs.
  const starts = new Map<string, string>();
  return (sku, commandId) => {
    let start = starts.get(sku);
    if (start === undefined) {
      start = `onhand:${hashTag(settings, sku)}:outcome:`;
      starts.set(sku, start);
    }
    return start + commandId;
  };
}

/**
 * `onhand:view:<topic prefix>`: a hash that says of each lane how far its levels are (field: the
 * lane; see `LaneNote`) and when that was last affirmed (`<lane>:seen`, the clock of Redis in ms).
 */
export function notesKey(settings: Prefix): string {
  return `onhand:view:${settings.ONHAND_TOPIC_PREFIX}`;
}

/** A pattern for SCAN that matches every level key of this installation, and maybe others'. */
export function levelKeyPattern(settings: Prefix): string {
  // Of the characters that a prefix may have, none is special in a pattern.
  return `onhand:{${settings.ONHAND_TOPIC_PREFIX}*}:level:*`;
}

/** The stock item of a level key; undefined when it is none of this prefix. */
export function itemOfLevelKey(settings: Prefix, key: string): ItemName | undefined {
  const start = `onhand:{${settings.ONHAND_TOPIC_PREFIX}`;
  const end = key.indexOf('}:level:');
  if (!key.startsWith(start) || end <= start.length) return undefined;
  const sku = key.slice(start.length, end).replace(/%(25|7B|7D)/g, decodeURIComponent);
  return { sku, location: key.slice(end + '}:level:'.length) };
}

function hashTag({ ONHAND_TOPIC_PREFIX: prefix }: Prefix, sku: string): string {
  return `{${prefix}${sku.replace(/[%{}]/g, encodeURIComponent)}}`;
}
