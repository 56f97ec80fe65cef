import { expect } from 'chai';
import { commandsFor } from '../testing/commandsFor.ts';
import { bodyDigest } from './bodyDigest.ts';
import type { AskingCommand } from './commands.ts';

const { receive, reserve, confirm, release, extend, takeBack, adjust, count } =
  commandsFor('SKU-1');
const head = { commandId: 'c', sku: 'SKU-1', location: 'main' };

const commands: AskingCommand[] = [
  receive(5),
  reserve('o-1', 5, { minimum: 2, expiresAt: 1_767_603_600_000, ttlSeconds: 60 }),
  confirm('o-1', { quantity: 5 }),
  release('o-1', { quantity: 5 }),
  extend('o-1', 1_767_603_600_000),
  takeBack('o-1', 5),
  adjust(-5),
  count(5, { expected: 4 }),
  { ...head, kind: 'RetryParked' },
  { ...head, kind: 'SkipParked' },
];

/** Other values that a field could have, near to its own or of a meaning of their own. */
function othersThan(value: string | number): (string | number | null)[] {
  if (typeof value === 'string') return [`${value} `, value.slice(1), `X${value.slice(1)}`, ''];
  return [value + 1, value - 1, -value, value + 2 ** 32, value + 0.5, value * 10, 0, NaN, null];
}

describe('bodyDigest', () => {
  for (const command of commands) {
    it(`tells every field of ${command.kind} from another`, () => {
      const digest = bodyDigest(command);
      for (const [field, value] of Object.entries(command) as [string, string | number][]) {
        if (field === 'kind' || field === 'commandId') continue;
        for (const other of othersThan(value)) {
          const changed = bodyDigest({ ...command, [field]: other });
          expect(changed, `${field}: ${other}`).not.to.equal(digest);
        }
      }
    });
  }

  it('leaves the id out, and the order of the fields', () => {
    for (const command of commands) {
      const turned = Object.fromEntries(Object.entries(command).reverse()) as typeof command;
      expect(bodyDigest({ ...turned, commandId: 'other' })).to.equal(bodyDigest(command));
    }
  });

  it('tells kinds and neighbouring fields apart', () => {
    const alike: AskingCommand[] = [
      ...commands,
      confirm('o-1', { quantity: null }),
      { ...takeBack('o-1', 5), orderId: '5' },
      { ...confirm('o', { quantity: 1 }), sku: 'SKU-1m', location: 'ain' },
      { ...confirm('o', { quantity: 1 }), sku: 'SKU-1', location: 'main' },
      reserve('o-1', 5, { minimum: 1, ttlSeconds: null }),
      reserve('o-1', 5, { minimum: null, ttlSeconds: 1 }),
      reserve('o-1', 1, { minimum: 5 }),
    ];
    expect(new Set(alike.map(bodyDigest)).size).to.equal(alike.length);
  });

  it('scatters bodies that differ in little', () => {
    const digests = new Set<number>();
    for (let order = 0; order < 100; order++) {
      for (let quantity = 0; quantity < 1000; quantity++) {
        digests.add(bodyDigest(confirm(`o-${order}`, { quantity })));
      }
    }
    expect(digests.size).to.equal(100_000);
    expect([...digests].every(Number.isSafeInteger)).to.be.true;
  });

  it('never changes, since it is stored', () => {
    expect(bodyDigest({ ...head, kind: 'ReceiveStock', quantity: 5 })).to.equal(2560697674927801);
    const reason = '\u{1f4e6} broken';
    expect(bodyDigest({ ...head, kind: 'AdjustStock', delta: -5, reason })).to.equal(
      7638287206925803,
    );
  });
});
