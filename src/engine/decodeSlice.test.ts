import { expect } from 'chai';
import { partitionOf } from '../messaging/partitionOf.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { recordsOf } from '../testing/recordsOf.ts';
import { decodeSlice } from './decodeSlice.ts';

const lane = partitionOf('tea', 12);
const id = { engine: 'stock', lane, topicId: 't'.repeat(22), partitionCount: 12 } as const;
const { receive } = commandsFor('tea');

describe('decodeSlice', () => {
  it('gives commands in order, with the time of their records', () => {
    const commands = [receive(1), receive(2)];
    const entries = decodeSlice(recordsOf(commands, 7, 5000), id, 0);
    expect(entries.map((entry) => 'command' in entry && entry.command)).to.deep.equal(commands);
    expect(entries.map(({ time }) => time)).to.deep.equal([5000, 5001]);
    expect(entries.map(({ record }) => record.offset)).to.deep.equal([7, 8]);
  });

  it('never lets time run backwards', () => {
    const records = [9000, 4000, 9500].flatMap((time) => recordsOf([receive(1)], 0, time));
    const times = decodeSlice(records, id, 9200).map(({ time }) => time);
    expect(times).to.deep.equal([9200, 9200, 9500]);
  });

  it('decides nothing that the broker has not dated, and lets it move no time', () => {
    const ahead = { ...recordsOf([receive(1)], 0, 9_999_999)[0]!, undated: true as const };
    const entries = decodeSlice([ahead, ...recordsOf([receive(1)], 1, 5000)], id, 4000);
    expect(entries[0]).to.have.nested.property('failure.failure', 'UNDATED');
    expect(entries.map(({ time }) => time)).to.deep.equal([4000, 5000]);
    const never = decodeSlice([{ ...ahead, timestamp: NaN }], id, 0);
    expect(never[0]).to.have.nested.property('failure.failure', 'UNDATED');
  });

  it('goes on after bytes that are no command', () => {
    const [record] = recordsOf([receive(1)]);
    const entries = decodeSlice([{ ...record!, value: null }, record!], id, 0);
    expect(entries[0]).to.have.nested.property('failure.failure', 'EMPTY_VALUE');
    expect(entries[1]).to.have.property('command');
  });

  it('accepts no command for a SKU that is at home elsewhere, but a tick anywhere', () => {
    const records = recordsOf([receive(1), { kind: 'ExpireDue', limit: 1 }]);
    const entries = decodeSlice(records, { ...id, lane: (lane + 1) % 12 }, 0);
    expect(entries[0]).to.have.nested.property('failure.failure', 'WRONG_PARTITION');
    expect(entries[1]).to.have.nested.property('command.kind', 'ExpireDue');
  });
});
