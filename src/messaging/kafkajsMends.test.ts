import { expect } from 'chai';
import { InvariantError } from '../ops/errors.ts';
import { freshKafkajs } from '../testing/freshKafkajs.ts';
import { mendKafkajs } from './kafkajsMends.ts';
import type { LoadInternal } from './mends/loadInternal.ts';

interface Patched {
  prototype: { fetch: unknown; resume: unknown; retry?: object };
}

describe('mendKafkajs', () => {
  it('changes kafkajs once', () => {
    const load = freshKafkajs();
    const group = load('consumer/consumerGroup') as Patched;
    const original = group.prototype.fetch;
    mendKafkajs(load);
    const mended = group.prototype.fetch;
    expect(mended).not.to.equal(original);
    expect((load('cluster') as Patched).prototype.retry).to.be.an('object');
    mendKafkajs(load);
    expect(group.prototype.fetch).to.equal(mended);
  });

  it('refuses another release of kafkajs', () => {
    const load = freshKafkajs();
    const other: LoadInternal = (file) =>
      file === '../package.json' ? { version: '2.3.0' } : load(file);
    expect(() => {
      mendKafkajs(other);
    }).to.throw(InvariantError, '2.3.0 is installed');
  });

  it('refuses a kafkajs without what it mends', () => {
    const load = freshKafkajs();
    delete (load('consumer/consumerGroup') as { prototype: { resume?: unknown } }).prototype.resume;
    expect(() => {
      mendKafkajs(load);
    }).to.throw(InvariantError, 'no method resume');
  });
});
