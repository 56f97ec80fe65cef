import { expect } from 'chai';
import type { OutboxRow } from '../src/storage/outbox.ts';
import { cutRows } from './cutRows.ts';

const row = (bytes: number, more: Partial<OutboxRow> = {}): OutboxRow => {
  const open = { commandId: null, time: 0, key: null, headers: null, level: null };
  return { sequence: 1, kind: 'event', value: Buffer.alloc(bytes), ...open, ...more };
};
const limits = { rowsMax: 3, bytesMax: 1000 };

describe('cutRows', () => {
  const cases: [what: string, rows: OutboxRow[], length: number][] = [
    ['none of none', [], 0],
    ['all when they are few', [row(10), row(10)], 2],
    ['so many rows', [row(1), row(1), row(1), row(1)], 3],
    ['so many bytes', [row(400), row(400), row(400)], 2],
    ['the first, however large it is', [row(5000), row(1)], 1],
    ['with their keys', [row(0, { key: 'k'.repeat(600) }), row(0, { key: 'k'.repeat(600) })], 1],
    [
      'with their headers',
      [row(0, { headers: { name: [Buffer.alloc(300), Buffer.alloc(300)] } }), row(400)],
      1,
    ],
  ];
  for (const [what, rows, length] of cases) {
    it(`takes ${what}`, () => {
      expect(cutRows(rows, limits)).to.equal(length);
    });
  }
});
