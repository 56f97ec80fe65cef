import { expect } from 'chai';
import { loadSettings } from '../config/loadSettings.ts';
import { codeOf, toStorageError } from './storageErrors.ts';

const { values: settings } = loadSettings({
  ONHAND_KAFKA_BROKERS: 'kafka:9092',
  ONHAND_MYSQL_HOST: 'mysql',
  ONHAND_MYSQL_PORT: '3307',
});
const failed = (code: string, more: object = {}) =>
  Object.assign(new Error(code), { code, ...more });

describe('toStorageError', () => {
  for (const [code, expected] of [
    ['ECONNREFUSED', 'MYSQL_UNREACHABLE'],
    ['ETIMEDOUT', 'MYSQL_UNREACHABLE'],
    ['ENOTFOUND', 'MYSQL_UNREACHABLE'],
    ['PROTOCOL_CONNECTION_LOST', 'MYSQL_UNREACHABLE'],
    ['ER_ACCESS_DENIED_ERROR', 'MYSQL_AUTH_FAILED'],
    ['ER_CANT_CREATE_USER_WITH_GRANT', 'MYSQL_AUTH_FAILED'],
    ['ER_BAD_DB_ERROR', 'MYSQL_SCHEMA_MISSING'],
    ['ER_DBACCESS_DENIED_ERROR', 'MYSQL_SCHEMA_MISSING'],
    ['ER_NO_SUCH_TABLE', 'MYSQL_SCHEMA_MISSING'],
    ['ER_TABLEACCESS_DENIED_ERROR', 'MYSQL_SCHEMA_MISSING'],
    ['ER_DISK_FULL', 'MYSQL_FAILED'],
  ] as const) {
    it(`makes ${expected} of ${code}`, () => {
      const error = toStorageError(failed(code), settings);
      expect(error.code).to.equal(expected);
      if (expected !== 'MYSQL_FAILED') expect(error.hint).not.to.be.empty;
    });
  }

  it('says where nobody answers', () => {
    const refused = new AggregateError([failed('ECONNREFUSED')]);
    expect(codeOf(refused)).to.equal('ECONNREFUSED');
    expect(toStorageError(refused, settings).message).to.include('mysql:3307');
  });

  it('drops the statement and its values', () => {
    const sql = "INSERT INTO outbox VALUES ('a secret of the shop')";
    const error = toStorageError(
      failed('ER_DUP_ENTRY', { sql, sqlMessage: 'Duplicate' }),
      settings,
    );
    expect(error.message).to.equal('ER_DUP_ENTRY: Duplicate');
    expect(error.cause).to.be.undefined;
    expect(JSON.stringify(error)).not.to.include('secret');
  });
});
