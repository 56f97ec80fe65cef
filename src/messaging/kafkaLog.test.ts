import { Writable } from 'node:stream';
import { expect } from 'chai';
import kafkajs, { type logLevel } from 'kafkajs';
import { pino } from 'pino';
import { kafkaLog, kafkaLogLevel } from './kafkaLog.ts';

const { logLevel: KafkaLevel } = kafkajs;

interface Line {
  level: number;
  msg: string;
  reason?: string;
  groupId?: string;
}

/** What pino writes for one line of kafkajs. */
function written(level: logLevel, message: string, more: object = {}): Line | undefined {
  const lines: Line[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const log = { message, timestamp: '', ...more };
  kafkaLog(pino({ level: 'trace' }, sink))()({ namespace: 'Consumer', level, label: '', log });
  return lines[0];
}

describe('kafkaLog', () => {
  const { labels } = pino().levels;
  const levelOf = (level: logLevel, message: string) =>
    labels[written(level, message)?.level ?? 0] ?? 'none';

  it('takes every level of kafkajs down by one', () => {
    expect(levelOf(KafkaLevel.ERROR, 'Connection error: refused')).to.equal('warn');
    expect(levelOf(KafkaLevel.WARN, 'something')).to.equal('warn');
    expect(levelOf(KafkaLevel.INFO, 'Consumer has joined the group')).to.equal('debug');
    expect(levelOf(KafkaLevel.DEBUG, 'Request Fetch')).to.equal('trace');
  });

  it('keeps the noise of normal life out of the log', () => {
    const chatter = [
      'Response AddPartitionsToTxn(key: 24, version: 1)',
      'The group is rebalancing, re-joining',
      'Crash: KafkaJSNonRetriableError: oops',
    ];
    for (const message of chatter) expect(levelOf(KafkaLevel.ERROR, message)).to.equal('debug');
    const notice = 'KafkaJS v2.0.0 switched default partitioner. To retain …';
    expect(levelOf(KafkaLevel.WARN, notice)).to.equal('none');
  });

  it('passes on what helps and nothing else', () => {
    const more = { groupId: 'g', error: new Error('why'), stack: 'at x', payload: 'secret' };
    expect(written(KafkaLevel.WARN, 'm', more)).to.include({ groupId: 'g', reason: 'why' });
    expect(JSON.stringify(written(KafkaLevel.WARN, 'm', more))).not.to.match(/secret|at x/);
  });

  it('asks kafkajs for no more than is logged', () => {
    expect(kafkaLogLevel(pino({ level: 'trace' }))).to.equal(KafkaLevel.DEBUG);
    expect(kafkaLogLevel(pino({ level: 'info' }))).to.equal(KafkaLevel.WARN);
    expect(kafkaLogLevel(pino({ level: 'silent' }))).to.equal(KafkaLevel.NOTHING);
  });
});
