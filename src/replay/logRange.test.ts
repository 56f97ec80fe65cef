import { expect } from 'chai';
import type { Admin } from 'kafkajs';
import { OperationalError } from '../ops/errors.ts';
import {
  type LogBounds,
  type LogPoint,
  boundsOf,
  parseLogPoint,
  requireRange,
  resolveLogPoint,
} from './logRange.ts';

const log: LogBounds = {
  topic: 'stock.commands',
  topicId: 't'.repeat(22),
  partitionCount: 2,
  partitions: new Map([
    [0, { low: 0, high: 100 }],
    [1, { low: 40, high: 100 }],
  ]),
};

function failureOf(work: () => unknown): { code: string; message: string; hint: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof OperationalError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a range of a log', () => {
  const noon = Date.parse('2025-11-28T12:00:00Z');
  for (const [text, expected] of [
    ['start', 'start'],
    ['checkpoint', 'checkpoint'],
    ['0', { offset: 0 }],
    ['120000', { offset: 120_000 }],
    ['2025-11-28T12:00:00.000Z', { time: noon }],
    ['2025-11-28T13:00+01:00', { time: noon }],
    ['2025-11-28T12:00', { time: noon }],
    ['2025-11-28', { time: noon - 12 * 3_600_000 }],
  ] satisfies [string, LogPoint][]) {
    it(`reads ${text}`, () => {
      expect(parseLogPoint(text)).to.deep.equal(expected);
    });
  }

  for (const text of ['', '-1', '1.5', 'end', '2025-13-45', '12:00', '99999999999999999']) {
    it(`refuses ${JSON.stringify(text)} as a point`, () => {
      const failure = failureOf(() => parseLogPoint(text));
      expect(failure.code).to.equal('RANGE_INVALID');
      expect(failure.hint).to.include('offset');
    });
  }

  it('names a partition that does not exist', () => {
    const failure = failureOf(() => boundsOf(log, 2));
    expect(failure.code).to.equal('PARTITION_UNKNOWN');
    expect(failure.message).to.include('stock.commands has no partition 2');
  });

  for (const [what, partition, from, to, code, said] of [
    ['that is empty', 0, 5, 5, 'RANGE_INVALID', 'empty'],
    ['that is reversed', 0, 6, 5, 'RANGE_INVALID', 'reversed'],
    ['that ends after the end', 0, 5, 81, 'RANGE_BEYOND_LOG', 'offset 81'],
    ['that begins after the end', 0, 90, 95, 'RANGE_BEYOND_LOG', 'offset 95'],
    ['whose beginning was deleted', 1, 39, 80, 'LOG_CUT', 'begins at 40'],
  ] as const) {
    it(`refuses a range ${what}`, () => {
      const failure = failureOf(() => requireRange(log, partition, { from, to }, 80));
      expect(failure).to.include({ code });
      expect(failure.message).to.include(said);
    });
  }

  it('takes a range that is there', () => {
    expect(() => requireRange(log, 1, { from: 40, to: 80 }, 80)).not.to.throw();
  });

  it('resolves a time to the first offset then or later, or to the end', async () => {
    const asked: number[] = [];
    const admin = {
      fetchTopicOffsetsByTimestamp: (_: string, time: number) => {
        asked.push(time);
        return Promise.resolve(time < noon ? [{ partition: 1, offset: '55' }] : []);
      },
    } as unknown as Admin;
    expect(await resolveLogPoint(admin, log, 1, { time: noon - 1 })).to.equal(55);
    expect(await resolveLogPoint(admin, log, 1, { time: noon })).to.equal(100);
    expect(asked).to.deep.equal([noon - 1, noon]);
    expect(await resolveLogPoint(admin, log, 1, 'start')).to.equal(0);
    expect(await resolveLogPoint(admin, log, 1, { offset: 7 })).to.equal(7);
  });
});
