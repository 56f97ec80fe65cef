import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { heapFlags, onhandProgram } from './onhandProgram.ts';
import { packageRoot } from './packageRoot.ts';

const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
const { scripts } = JSON.parse(text) as { scripts: { start: string; demo: string } };

describe("the heap of onhand's processes", () => {
  it('is the same from bin, from npm start and from our own code', () => {
    const [firstLine] = readFileSync(onhandProgram.at(-1) ?? '', 'utf8').split('\n');
    expect(firstLine).to.equal(`#!/usr/bin/env -S node ${heapFlags.join(' ')}`);
    expect(scripts.start).to.include(`node ${heapFlags.join(' ')} dist/src/cli/main.js run`);
  });

  it('has the process to itself under npm, whose shell would pass no signal on', () => {
    for (const script of [scripts.start, scripts.demo]) {
      expect(script.split('&& ').at(-1)).to.match(/^exec node /);
    }
  });
});
