import { isId, isName } from '../domain/limits.ts';
import { itemKey } from '../domain/stockState.ts';
import type { NamedStock } from '../storage/loadStock.ts';
import type { Entry } from './decodeSlice.ts';

/** What the commands of a slice name, each once. Names that are none are left out. */
export function namedStock(entries: readonly Entry[]): NamedStock {
  const items = new Map<string, [sku: string, location: string]>();
  const orderIds = new Set<string>();
  const commandIds = new Set<string>();
  for (const entry of entries) {
    if (!('command' in entry) || entry.command.kind === 'ExpireDue') continue;
    const { command } = entry;
    const { sku, location, commandId } = command;
    if (isId(commandId)) commandIds.add(commandId);
    if (isName(sku) && isName(location)) items.set(itemKey(sku, location), [sku, location]);
    if ('orderId' in command && isId(command.orderId)) orderIds.add(command.orderId);
  }
  return { items: [...items.values()], orderIds: [...orderIds], commandIds: [...commandIds] };
}
