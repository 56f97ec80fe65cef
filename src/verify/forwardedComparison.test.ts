import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { ForwardedComparison } from './forwardedComparison.ts';
import { ColumnCollector, type MessageColumns, joinColumns } from './messageColumns.ts';

const lane = 2;
const home = partitionOf('o-1', 3);

function rowOf(sequence: number, text: string, kind: OutboxRow['kind'] = 'reply'): OutboxRow {
  const plain = { commandId: null, headers: null, level: null, time: 10 * sequence };
  return { ...plain, sequence, kind, key: 'o-1', value: Buffer.from(text) };
}

function record(text: string, time = 1): KafkaMessage {
  const plain = { attributes: 0, offset: '7', headers: {} };
  return { ...plain, timestamp: String(time), key: Buffer.from('o-1'), value: Buffer.from(text) };
}

/** The rows that a lane forwards to the home of `o-1`, each caused at ten times its sequence. */
function demanded(...rows: OutboxRow[]): MessageColumns {
  const collector = new ColumnCollector(lane, 'reply', ({ key }) => partitionOf(String(key), 3));
  const offsets = rows.map(({ sequence }) => 10 * sequence);
  collector.take(rows, offsets);
  return joinColumns([collector.end().get(home)!]);
}

function comparison(isCut: boolean, ...rows: OutboxRow[]): ForwardedComparison {
  return new ForwardedComparison('reply', demanded(...rows), isCut);
}

describe('ForwardedComparison', () => {
  it('wants each row once among whatever else is there', () => {
    const rows = [rowOf(1, 'a'), rowOf(2, 'b'), rowOf(3, 'not for this topic', 'event')];
    const forwarded = comparison(false, ...rows);
    forwarded.take([record('b'), record('upstream'), record('a')]);
    expect(forwarded.end(true)).to.deep.equal([]);
    expect(forwarded.surplusLanes().size).to.equal(0);
  });

  it('finds what is missing', () => {
    const forwarded = comparison(false, rowOf(4, 'a'));
    forwarded.take([record('b')]);
    expect(forwarded.end(true)).to.deep.equal([
      { lane, sequence: 4, offset: 40, expected: 'a record', found: '' },
    ]);
  });

  it('wants the same bytes as often as the log does', () => {
    const forwarded = comparison(false, rowOf(1, 'a'), rowOf(5, 'a'), rowOf(6, 'a'));
    forwarded.take([record('a')]);
    expect(forwarded.end(true).map(({ sequence }) => sequence)).to.deep.equal([5, 6]);
    forwarded.take([record('a'), record('a')]);
    expect(forwarded.end(true)).to.deep.equal([]);
  });

  it('finds what is there too often, unless the lane has said it again meanwhile', () => {
    const forwarded = comparison(false, rowOf(1, 'a'));
    forwarded.take([record('a'), record('a')]);
    const surplus = { lane, sequence: 1, offset: 10, expected: '1 at most', found: '2' };
    expect(forwarded.end(true)).to.deep.equal([surplus]);
    expect([...forwarded.surplusLanes()]).to.deep.equal([lane]);
    forwarded.allow(rowOf(10, 'a', 'event'));
    expect(forwarded.end(true)).to.have.length(1);
    forwarded.allow(rowOf(11, 'a'));
    expect(forwarded.end(true)).to.deep.equal([]);
  });

  it('finds nothing too often where it does not know all rows', () => {
    const forwarded = comparison(false, rowOf(1, 'a'));
    forwarded.take([record('a'), record('a')]);
    expect(forwarded.end(false)).to.deep.equal([]);
  });

  it('does not miss what retention has deleted', () => {
    const forwarded = comparison(true, rowOf(1, 'a'), rowOf(3, 'b'));
    forwarded.take([record('upstream', 20)]);
    expect(forwarded.end(true).map(({ sequence }) => sequence)).to.deep.equal([3]);
    expect(comparison(true, rowOf(1, 'a')).end(true)).to.deep.equal([]);
    expect(comparison(false, rowOf(1, 'a')).end(true)).to.have.length(1);
  });
});
