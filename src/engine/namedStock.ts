import type { StockCommand } from '../domain/commands.ts';
import { isId, isName } from '../domain/limits.ts';
import { itemKey } from '../domain/stockState.ts';
import type { NamedStock } from '../storage/loadStock.ts';

/** What commands name, each once. Names that are none are left out. */
export function namedStock(commands: readonly StockCommand[]): NamedStock {
  const items = new Map<string, [sku: string, location: string]>();
  const orderIds = new Set<string>();
  const commandIds = new Set<string>();
  for (const command of commands) {
    if (command.kind === 'ExpireDue') continue;
    const { sku, location, commandId } = command;
    if (isId(commandId)) commandIds.add(commandId);
    if (isName(sku) && isName(location)) items.set(itemKey(sku, location), [sku, location]);
    if ('orderId' in command && isId(command.orderId)) orderIds.add(command.orderId);
  }
  return { items: [...items.values()], orderIds: [...orderIds], commandIds: [...commandIds] };
}
