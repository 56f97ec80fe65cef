import { expect } from 'chai';
import fc from 'fast-check';
import { isName } from '../domain/limits.ts';
import {
  type ItemName,
  itemOfLevelKey,
  levelKey,
  notesKey,
  olderKeys,
  outcomeKeys,
} from './viewKeys.ts';

const plain = { ONHAND_TOPIC_PREFIX: '' };
const names = fc.string({ minLength: 1, maxLength: 12 }).filter(isName);
const nasty = fc.stringMatching(/^[a{}%:2357BDle]{1,8}$/);
const items = fc.record({ sku: fc.oneof(names, nasty), location: fc.oneof(names, nasty) });
const prefixes = fc.stringMatching(/^[A-Za-z0-9._-]{0,4}$/).map((ONHAND_TOPIC_PREFIX) => ({
  ONHAND_TOPIC_PREFIX,
}));

describe('the keys of the view', () => {
  it('are as documented', () => {
    const shop = { ONHAND_TOPIC_PREFIX: 'shop-' };
    expect(levelKey(plain, { sku: '85123A', location: 'main' })).to.equal(
      'onhand::{85123A}:level:main',
    );
    expect(outcomeKeys(shop)('85123A', 'c-1')).to.equal('onhand:shop-:{85123A}:outcome:c-1');
    expect(levelKey(plain, { sku: 'a}%{b', location: '}' })).to.equal(
      'onhand::{a%7D%25%7Bb}:level:}',
    );
    expect(notesKey(shop)).to.equal('onhand:shop-:{lanes}');
  });

  it('tell every stock item, and can be read back', () => {
    fc.assert(
      fc.property(prefixes, items, (settings, item) => {
        expect(itemOfLevelKey(settings, levelKey(settings, item))).to.deep.equal(item);
      }),
    );
  });

  it('of two installations, or of two releases, are never the same', () => {
    const nameOf = fc.stringMatching(/^[a.:{}]{1,4}$/);
    const dotted = fc.stringMatching(/^[a.]{0,3}$/).map((ONHAND_TOPIC_PREFIX) => {
      return { ONHAND_TOPIC_PREFIX };
    });
    const named = fc.record({ settings: dotted, sku: nameOf, location: nameOf });
    const keysOf = ({ settings, sku, location }: ItemName & { settings: typeof plain }) => [
      levelKey(settings, { sku, location }),
      outcomeKeys(settings)(sku, location),
      notesKey(settings),
    ];
    fc.assert(
      fc.property(named, named, (one, other) => {
        const older = [olderKeys.level(other.settings, other), olderKeys.notes(other.settings)];
        expect(keysOf(one)).not.to.include.any.members(older);
        fc.pre(one.settings.ONHAND_TOPIC_PREFIX !== other.settings.ONHAND_TOPIC_PREFIX);
        expect(keysOf(one)).not.to.include.any.members(keysOf(other));
      }),
    );
    const [shop, shopEu] = ['shop.', 'shop.eu.'].map((it) => ({ ONHAND_TOPIC_PREFIX: it }));
    expect(levelKey(shop!, { sku: 'eu.tea', location: 'main' })).not.to.equal(
      levelKey(shopEu!, { sku: 'tea', location: 'main' }),
    );
  });

  it('of a level and of its outcomes have the same hash tag, which is the SKU alone', () => {
    fc.assert(
      fc.property(prefixes, items, (settings, { sku, location }) => {
        const tagOf = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];
        const tag = tagOf(levelKey(settings, { sku, location }));
        expect(tag).to.be.a('string');
        expect(tagOf(outcomeKeys(settings)(sku, 'c-1'))).to.equal(tag);
      }),
    );
  });

  it('of something else are no level keys', () => {
    const shop = { ONHAND_TOPIC_PREFIX: 'shop-' };
    for (const key of [
      'onhand::{a}:level:main',
      'onhand:shop-:{}:level:x',
      'onhand:shop-:{lanes}',
    ]) {
      expect(itemOfLevelKey(shop, key), key).to.be.undefined;
    }
    expect(itemOfLevelKey(plain, 'onhand::{a}:outcome:c')).to.be.undefined;
  });
});
