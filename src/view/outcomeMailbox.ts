import type { Settings } from '../config/settings.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { inCalls } from './inCalls.ts';
import type { ViewClient } from './viewClient.ts';
import { outcomeKey } from './viewKeys.ts';

/**
 * Leaves the first outcome of each command where its sender can look for it by the command's id,
 * for ONHAND_OUTCOME_TTL_SECONDS. Rows that are no such outcome are passed over.
 */
export async function putOutcomes(
  client: ViewClient,
  settings: Settings,
  rows: readonly OutboxRow[],
): Promise<void> {
  const ttlMs = settings.ONHAND_OUTCOME_TTL_SECONDS * 1000;
  if (ttlMs === 0) return;
  const entries = rows.flatMap(({ kind, key, commandId, value }) => {
    if (kind !== 'event' || commandId === null || key === null || !value) return [];
    return [{ key: outcomeKey(settings, String(key), commandId), value }];
  });
  await inCalls(client, entries, (some) => {
    const keys = some.map(({ key }) => key);
    return client.setOutcomes(some.length, ...keys, ttlMs, ...some.map(({ value }) => value));
  });
}

/**
 * The outcomes of commands, in their order; undefined where there is none (yet, or any more). A
 * command that re-used an id finds the outcome of the one that had it first: compare
 * `commandDigest`.
 */
export async function findOutcomes(
  client: ViewClient,
  settings: Settings,
  commands: readonly { sku: string; commandId: string }[],
): Promise<(PublishedStockEvent | undefined)[]> {
  const values = await Promise.all(
    commands.map(({ sku, commandId }) => client.getBuffer(outcomeKey(settings, sku, commandId))),
  );
  return values.map((value) => (value ? decodeStockEvent(value) : undefined));
}
