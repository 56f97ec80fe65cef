import { expect } from 'chai';
import { InvariantError } from '../ops/errors.ts';
import { isTransient } from './transientErrors.ts';

const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
const cases: [what: string, error: unknown, transient: boolean][] = [
  ['a refused connection', refused, true],
  ['one that was refused at every address', new AggregateError([refused]), true],
  ['a lost connection', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, true],
  ['a broken connection that has no code', { fatal: true }, true],
  ['a deadlock', { code: 'ER_LOCK_DEADLOCK', errno: 1213 }, true],
  ['a lock wait', { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 }, true],
  ['a server that is read only', { code: 'ER_OPTION_PREVENTS_STATEMENT', errno: 1290 }, true],
  ['a password that was changed', { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, true],
  ['a row that exists', { code: 'ER_DUP_ENTRY', errno: 1062 }, false],
  ['a broken check', { code: 'ER_CHECK_CONSTRAINT_VIOLATED', errno: 3819 }, false],
  ['a statement that is none', { code: 'ER_PARSE_ERROR', errno: 1064 }, false],
  ['a missing table', { code: 'ER_NO_SUCH_TABLE', errno: 1146 }, false],
  ['a broken invariant', new InvariantError('1 of 2 levels matched'), false],
  ['a bug', new TypeError('x is not a function'), false],
];

describe('isTransient', () => {
  for (const [what, error, transient] of cases) {
    it(`${transient ? 'tries again after' : 'gives up on'} ${what}`, () => {
      expect(isTransient(error)).to.equal(transient);
    });
  }
});
