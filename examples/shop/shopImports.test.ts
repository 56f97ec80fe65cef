import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/config/packageRoot.ts';

/** What onhand offers to an order service. */
const offered = [
  '../../consumers/orderVerdicts.ts',
  '../../producers/orderEventProducer.ts',
  '../../src/config/loadSettings.ts',
];
const folder = join(packageRoot, 'examples', 'shop');

describe('the shop', () => {
  it('uses of onhand what is made for its users, and otherwise types only', () => {
    const files = readdirSync(folder).filter((file) => /(?<!\.test)\.ts$/.test(file));
    expect(files).to.include('shop.ts');
    const others = files.flatMap((file) => {
      const imports = readFileSync(join(folder, file), 'utf8').matchAll(
        /^import (?!type )[^;]*from '(\.\.[^']*)';$/gm,
      );
      return [...imports].flatMap(([, name = '']) => {
        return offered.includes(name) ? [] : [`${file} imports ${name}`];
      });
    });
    expect(others).to.deep.equal([]);
  });
});
