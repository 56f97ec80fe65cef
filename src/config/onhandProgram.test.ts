import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { heapFlags, onhandProgram } from './onhandProgram.ts';
import { packageRoot } from './packageRoot.ts';

describe("the heap of onhand's processes", () => {
  it('is the same from bin, from npm start and from our own code', () => {
    const [firstLine] = readFileSync(onhandProgram.at(-1) ?? '', 'utf8').split('\n');
    expect(firstLine).to.equal(`#!/usr/bin/env -S node ${heapFlags.join(' ')}`);
    const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(text) as { scripts: { start: string } };
    expect(scripts.start).to.include(`node ${heapFlags.join(' ')} dist/src/cli/main.js run`);
  });
});
