import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../config/packageRoot.ts';
import { renewReadme } from './readmeSections.ts';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

describe('README', () => {
  it('lists what the code has: commands, topics, settings … (npm run docs)', () => {
    expect(readme).to.equal(renewReadme(readme));
  });

  it('names every command of the command line', () => {
    for (const file of readdirSync(join(packageRoot, 'src', 'cli'))) {
      const name = /^(\w+)Command\.ts$/.exec(file)?.[1];
      const verb = name?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (verb) expect(readme, file).to.include(`onhand ${verb.replace(/^replay-/, 'replay ')}`);
    }
  });
});
