import type { Settings } from '../config/settings.ts';
import { asksForMailbox } from '../messaging/mailboxHeader.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { inCalls } from './inCalls.ts';
import type { ViewClient } from './viewClient.ts';
import { outcomeKeys } from './viewKeys.ts';

/**
 * Leaves the first outcome of each command that asked for it (`mailboxHeader`) where its sender can
 * look for it by the command's id, for ONHAND_OUTCOME_TTL_SECONDS. Other rows are passed over.
 */
export async function putOutcomes(
  client: ViewClient,
  settings: Settings,
  rows: readonly OutboxRow[],
): Promise<void> {
  const ttlMs = settings.ONHAND_OUTCOME_TTL_SECONDS * 1000;
  if (ttlMs === 0) return;
  const keyOf = outcomeKeys(settings);
  const entries: { key: string; value: Buffer }[] = [];
  // A dead letter has the headers of its command, too.
  for (const { kind, key, commandId, value } of rows.filter(asksForMailbox)) {
    if (kind !== 'event' || commandId === null || key === null || !value) continue;
    entries.push({ key: keyOf(String(key), commandId), value });
  }
  await inCalls(client, entries, (some) => {
    const keys = some.map(({ key }) => key);
    return client.setOutcomes(some.length, ...keys, ttlMs, joined(some.map(({ value }) => value)));
  });
}

/** Values one behind the other, each after its length. */
function joined(values: readonly Buffer[]): Buffer {
  const length = values.reduce((sum, value) => sum + 4 + value.length, 0);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const value of values) {
    at = bytes.writeUInt32BE(value.length, at);
    at += value.copy(bytes, at);
  }
  return bytes;
}

/**
 * The outcomes of commands, in their order; undefined where there is none (yet, or any more). A
 * command that re-used an id finds the outcome of the one that had it first: compare
 * `commandDigest`.
 */
export async function findOutcomes(
  client: ViewClient,
  settings: Pick<Settings, 'ONHAND_TOPIC_PREFIX'>,
  commands: readonly { sku: string; commandId: string }[],
): Promise<(PublishedStockEvent | undefined)[]> {
  const keyOf = outcomeKeys(settings);
  const values = await Promise.all(
    commands.map(({ sku, commandId }) => client.getBuffer(keyOf(sku, commandId))),
  );
  return values.map((value) => (value ? decodeStockEvent(value) : undefined));
}
