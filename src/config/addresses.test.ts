import { expect } from 'chai';
import { loadSettings } from './loadSettings.ts';

const required = { ONHAND_KAFKA_BROKERS: 'kafka:9092', ONHAND_MYSQL_HOST: 'mysql' };

/** What comes of settings: undefined when they are taken. */
function refusal(more: NodeJS.ProcessEnv): string | undefined {
  try {
    loadSettings({ ...required, ...more });
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(code).to.equal('CONFIG_INVALID');
    return message;
  }
}

describe('addresses in settings', () => {
  const brokers: [string, RegExp | undefined][] = [
    ['kafka:9092', undefined],
    ['10.0.0.1:9092, b-2.shop_net.local.:9093 ', undefined],
    ['[::1]:9092', undefined],
    ['"kafka:9092"', /port is missing/],
    ['"kafka":9092', /quotes/],
    ["'kafka:9092,other:9092'", /quotes|port is missing/],
    ['kafka', /"kafka": the port is missing/],
    ['kafka:', /port is missing/],
    ['kafka:0', /1 to 65535/],
    ['kafka:70000', /1 to 65535/],
    ['kafka:9092,', /before or after a comma/],
    ['kafka:9092;other:9092', /without protocol and port/],
    ['PLAINTEXT://kafka:9092', /without a protocol/],
    ['ka fka:9092', /no name or address/],
    [':9092', /no name or address/],
  ];
  for (const [value, wanted] of brokers) {
    it(`${wanted ? 'refuses' : 'takes'} the brokers ${value}`, () => {
      const message = refusal({ ONHAND_KAFKA_BROKERS: value });
      if (wanted) expect(message).to.match(wanted).and.include('ONHAND_KAFKA_BROKERS');
      else expect(message).to.equal(undefined);
    });
  }

  it('refuses hosts that are none, and takes names and addresses', () => {
    for (const name of ['ONHAND_MYSQL_HOST', 'ONHAND_REDIS_HOST', 'ONHAND_HTTP_HOST']) {
      for (const host of ['"db"', 'db:3306', 'mysql://db', 'd b', '']) {
        // An empty variable is none.
        if (host !== '') expect(refusal({ [name]: host }), host).to.include(name);
      }
      for (const host of ['db', 'db-1.shop_net.local', '10.0.0.1', '::1', '0.0.0.0']) {
        expect(refusal({ [name]: host }), host).to.equal(undefined);
      }
    }
  });

  it('refuses an address of a registry that is none', () => {
    for (const url of ['"http://registry"', 'registry:8081', 'ftp://registry', 'http://:8081']) {
      expect(refusal({ ONHAND_SCHEMA_REGISTRY_URL: url }), url).to.include('REGISTRY_URL');
    }
    expect(refusal({ ONHAND_SCHEMA_REGISTRY_URL: 'http://registry:8081/x' })).to.equal(undefined);
  });
});
