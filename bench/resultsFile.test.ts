import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StoredResult, pictureOf, readResults, writeResults } from './resultsFile.ts';

const facts = { machine: { cpu: '2 x A', 'load average before': '0.1' }, software: { node: '1' } };
const order = ['a', 'b'];

function result(name: string, seconds: number): StoredResult {
  const rows = [{ label: `${name}-${seconds}`, median: 2, min: 1, max: 3 }];
  const charts = [{ kind: 'rows' as const, title: name, unit: 's', rows }];
  const when = { at: '2025-01-01T00:00:00.000Z', revision: 'r', scale: 'quick' as const, seconds };
  return { name, tables: [], charts, faults: [], data: null, ...when };
}

describe('writeResults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-results-'));
  const file = join(folder, 'results.json');
  after(() => rmSync(folder, { recursive: true }));
  const stored = () => readResults(file)?.results.map(({ name, seconds }) => [name, seconds]);

  it('replaces results of the same name, keeps others, and draws all', async () => {
    await writeResults(file, { facts, results: [result('b', 1)] }, order);
    const busier = { ...facts, machine: { ...facts.machine, 'load average before': '5' } };
    await writeResults(file, { facts: busier, results: [result('a', 2)] }, order);
    await writeResults(file, { facts, results: [result('b', 3)] }, order);
    expect(stored()).to.deep.equal([
      ['a', 2],
      ['b', 3],
    ]);
    const picture = readFileSync(pictureOf(file), 'utf8');
    expect(picture).to.include('a-2').and.include('b-3').and.not.include('b-1');
  });

  it('does not mix in what another machine has measured', async () => {
    const other = { ...facts, machine: { cpu: '64 x B' } };
    await writeResults(file, { facts: other, results: [result('b', 4)] }, order);
    expect(stored()).to.deep.equal([['b', 4]]);
  });
});
