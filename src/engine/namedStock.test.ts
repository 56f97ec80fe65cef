import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { namedStock } from './namedStock.ts';

describe('namedStock', () => {
  const { receive, reserve, confirm } = commandsFor('tea');

  it('names stock items, orders and commands, each once', () => {
    const commands = [
      receive(1, { commandId: 'a' }),
      receive(1, { commandId: 'b', location: 'north' }),
      reserve('o-1', 1, { commandId: 'c' }),
      confirm('o-1', { commandId: 'c' }),
    ];
    expect(namedStock(commands)).to.deep.equal({
      items: [
        ['tea', 'main'],
        ['tea', 'north'],
      ],
      orderIds: ['o-1'],
      commandIds: ['a', 'b', 'c'],
    });
  });

  it('leaves out what is no name, and ticks', () => {
    const commands: StockCommand[] = [
      reserve('no order', 1, { commandId: '', sku: ' ' }),
      receive(1, { commandId: 'a', location: 'l'.repeat(65) }),
      { kind: 'ExpireDue', limit: 1 },
    ];
    expect(namedStock(commands)).to.deep.equal({ items: [], orderIds: [], commandIds: ['a'] });
  });
});
