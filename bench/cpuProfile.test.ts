import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readCpuProfile } from './cpuProfile.ts';

describe('readCpuProfile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-profile-'));
  after(() => rmSync(folder, { recursive: true }));

  it('counts a place in the code, or else that of its caller', () => {
    const frame = (functionName: string, url = '') => ({ functionName, url });
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 4, 5] },
      { id: 2, callFrame: frame('decide', 'file:///x/dist/src/domain/decide.js'), children: [3] },
      { id: 3, callFrame: frame('toString') },
      { id: 4, callFrame: frame('(garbage collector)') },
      { id: 5, callFrame: frame('onRead', 'node:internal/stream') },
    ];
    const file = join(folder, 'a.cpuprofile');
    const timeDeltas = [1000, 2000, 4000, 8000];
    writeFileSync(file, JSON.stringify({ nodes, samples: [2, 3, 4, 5], timeDeltas }));
    expect(Object.fromEntries(readCpuProfile(file))).to.deep.equal({
      decide: 3,
      'garbage collection': 4,
      'Node itself': 8,
    });
  });
});
