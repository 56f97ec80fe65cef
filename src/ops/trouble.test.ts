import { expect } from 'chai';
import { InvariantError, OperationalError } from './errors.ts';
import { troubleOf } from './trouble.ts';

describe('troubleOf', () => {
  const cases: [name: string, error: unknown, code: string, reason: string][] = [
    [
      'an operational error',
      new OperationalError('COMMANDS_LOST', 'gone'),
      'COMMANDS_LOST',
      'gone',
    ],
    ['a broken invariant', new InvariantError('0 of 1'), 'INVARIANT_BROKEN', '0 of 1'],
    [
      "a driver's error",
      Object.assign(new Error('duplicate'), { code: 'ER_DUP_ENTRY' }),
      'ER_DUP_ENTRY',
      'duplicate',
    ],
    ['a bug', new TypeError('no function'), 'UNEXPECTED', 'no function'],
    ['what is no error at all', undefined, 'UNEXPECTED', 'undefined'],
  ];
  for (const [name, error, code, reason] of cases) {
    it(`names ${name}`, () => {
      expect(troubleOf(error)).to.include({ code, reason });
    });
  }

  it('shows neither the statement nor its values', () => {
    const error = Object.assign(new Error('refused'), {
      code: 'X',
      sql: "SET PASSWORD = 's3cret'",
    });
    expect(JSON.stringify(troubleOf(error))).not.to.include('s3cret');
  });
});
