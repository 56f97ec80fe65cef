import { expect } from 'chai';
import type { PublishedResult } from './benchResults.ts';
import { performanceText } from './performanceSection.ts';

const facts = { machine: { cpu: '2 x A', memory: '4 GiB', system: 'Linux' } };
const result: PublishedResult = {
  name: 'hot',
  at: '2025-01-02T03:04:05.000Z',
  revision: 'abc',
  scale: 'full',
  tables: [],
  figures: [
    { what: 'fast', value: 60, unit: 'x', least: 50 },
    { what: 'slow', value: 0.5, unit: 'x', least: 1 },
  ],
};

describe('performanceText', () => {
  it('names the machine, and every figure that misses its aim as a loss', () => {
    const text = performanceText({ facts, results: [result] });
    expect(text).to.include('2 x A').and.include('2025-01-02').and.include('revision abc');
    expect(text).to.include('| fast | 60x | ≥ 50x |');
    const losses = text.slice(text.indexOf('Where onhand loses'));
    expect(losses).to.include('slow: 0.5x (aim ≥ 1x)').and.not.include('fast');
  });

  it('says so when results are quick ones', () => {
    const text = performanceText({ facts, results: [result, { ...result, scale: 'quick' }] });
    expect(text).to.include('quick runs').and.not.include('smoke');
  });

  it('prints the tables of rivals, with what was measured', () => {
    const table = {
      title: 't',
      head: ['side', 'rate'],
      rows: [['theirs', 1234]],
      note: 'Licence.',
    };
    const rival = { ...result, name: 'rival-x', figures: [], tables: [table] };
    const text = performanceText({ facts, results: [rival] });
    expect(text).to.include('**x**').and.include('| theirs | 1,234 |').and.include('Licence.');
  });
});
