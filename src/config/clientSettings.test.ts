import { expect } from 'chai';
import { OperationalError } from '../ops/errors.ts';
import { clientSettings } from './clientSettings.ts';
import { loadClientSettings } from './loadSettings.ts';

describe('client settings', () => {
  it('come from the environment, without MySQL', () => {
    const loaded = loadClientSettings({
      ONHAND_KAFKA_BROKERS: 'kafka:9092',
      ONHAND_PARTITIONS: '3',
    });
    expect(loaded).to.include({ ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_PARTITIONS: 3 });
    expect(loaded).not.to.have.any.keys('ONHAND_MYSQL_HOST', 'ONHAND_MYSQL_DATABASE');
  });

  it('are made by hand, and have the same defaults', () => {
    const given = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_REDIS_HOST: 'redis' };
    const env = { ...given, ONHAND_KAFKA_SSL: 'true' };
    expect(clientSettings({ ...given, ONHAND_KAFKA_SSL: true })).to.deep.equal(
      loadClientSettings(env),
    );
  });

  it('are refused with the name of what is wrong or no setting of a client', () => {
    const wrong = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_PARTITIONS: 0 };
    const foreign = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_MYSQL_HOST: 'mysql' };
    for (const [given, name] of [
      [wrong, /ONHAND_PARTITIONS/],
      [foreign, /ONHAND_MYSQL_HOST/],
    ] as const) {
      expect(() => clientSettings(given))
        .to.throw(OperationalError, name)
        .with.property('code', 'CONFIG_INVALID');
    }
  });
});
