import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../config/packageRoot.ts';
import { OperationalError } from '../ops/errors.ts';
import { toOperationalError } from './kafkaErrors.ts';
import { loadInternal } from './mends/loadInternal.ts';

type KafkaErrorClass = new (message: string | Error, details?: object) => Error;
const errors = loadInternal('errors') as Record<string, KafkaErrorClass>;

function kafkaError(name: string, message: string | Error, details?: object): Error {
  return new errors[`KafkaJS${name}`]!(message, details);
}

const settings = { ONHAND_KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092' };

describe('toOperationalError', () => {
  const refused = kafkaError('ConnectionError', 'Connection error: connect ECONNREFUSED', {
    broker: 'kafka-1:9092',
    code: 'ECONNREFUSED',
  });
  const cases: [what: string, error: Error, code: string][] = [
    ['a refused connection', refused, 'KAFKA_UNREACHABLE'],
    [
      'retries that ran out',
      kafkaError('NumberOfRetriesExceeded', refused, { retryCount: 2, retryTime: 1 }),
      'KAFKA_UNREACHABLE',
    ],
    ['a broker that never answered', new Error('Broker not connected'), 'KAFKA_UNREACHABLE'],
    [
      'a certificate of somebody else',
      kafkaError('ConnectionError', 'Connection error: self-signed certificate', {
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      }),
      'KAFKA_TLS_FAILED',
    ],
    [
      'a wrong password',
      kafkaError('SASLAuthenticationError', 'SASL PLAIN authentication failed'),
      'KAFKA_AUTH_FAILED',
    ],
    ['a broker without passwords', protocolError('ILLEGAL_SASL_STATE'), 'KAFKA_AUTH_FAILED'],
    ['a missing right', protocolError('TOPIC_AUTHORIZATION_FAILED'), 'KAFKA_FORBIDDEN'],
    ['a missing right on a group', protocolError('GROUP_AUTHORIZATION_FAILED'), 'KAFKA_FORBIDDEN'],
    ['an unknown topic', protocolError('UNKNOWN_TOPIC_OR_PARTITION'), 'TOPIC_MISSING'],
    ['anything else of kafkajs', kafkaError('NonRetriableError', 'odd'), 'KAFKA_FAILED'],
  ];

  for (const [what, error, code] of cases) {
    it(`gives ${code} for ${what}`, () => {
      const mapped = toOperationalError(error, settings) as OperationalError;
      expect(mapped).to.be.instanceOf(OperationalError);
      expect(mapped.code).to.equal(code);
      expect(mapped.message).to.include(settings.ONHAND_KAFKA_BROKERS);
      expect(mapped.hint).not.to.equal('');
    });
  }

  it('says of what a right is missing, and where the rights are listed', () => {
    const [topic, group, id] = ['TOPIC', 'GROUP', 'TRANSACTIONAL_ID'].map((resource) => {
      const error = protocolError(`${resource}_AUTHORIZATION_FAILED`);
      return toOperationalError(error, settings) as OperationalError;
    });
    expect(topic?.message).to.include('a right on a topic');
    expect(group?.message).to.include('a right on a consumer group');
    expect(id?.message).to.include('a right on a transactional id');
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const title = /"([^"]+)"/.exec(topic!.hint)?.[1];
    expect(readme).to.include(`### ${title}\n`);
  });

  it('says what a coordinator that was not found may mean', () => {
    const error = kafkaError('GroupCoordinatorNotFound', 'Failed to find group coordinator');
    const { code, hint } = toOperationalError(error, settings) as OperationalError;
    expect(code).to.equal('KAFKA_UNREACHABLE');
    expect(hint).to.include('READ on the consumer group');
  });

  it('leaves alone what is not of kafkajs', () => {
    const bug = new TypeError('x is not a function');
    const named = new OperationalError('TOPIC_MISSING', 'gone');
    expect(toOperationalError(bug, settings)).to.equal(bug);
    expect(toOperationalError(named, settings)).to.equal(named);
  });
});

function protocolError(type: string): Error {
  return kafkaError('ProtocolError', Object.assign(new Error(type), { type, retriable: false }));
}
