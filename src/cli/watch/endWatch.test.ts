import { expect } from 'chai';
import type { LogEnd } from '../../messaging/ends/logEndReader.ts';
import { EndWatch } from './endWatch.ts';

const sender = { producerId: '41', transactionalId: 'feed', lastAppend: 0 };

describe('EndWatch', () => {
  let ends: Map<number, LogEnd>;
  let asked: number[];
  const reader = {
    read: () => Promise.resolve(ends),
    findOpen: (_: string, lane: number) => {
      asked.push(lane);
      return Promise.resolve(sender);
    },
  };
  beforeEach(() => {
    ends = new Map([[0, { end: 9, stable: 4 }]]);
    asked = [];
  });
  const watchOf = (patienceMs: number) => new EndWatch('stock', 'commands', patienceMs);
  const lanes = [{ lane: 0 }];

  it('reports an end that stands still, once, with who holds it up', async () => {
    const watch = watchOf(0);
    await watch.look(reader);
    await watch.look(reader);
    const [condition, ...more] = watch.conditions(lanes);
    expect(more).to.be.empty;
    expect(condition).to.include({ code: 'OPEN_TRANSACTION', engine: 'stock', lane: 0 });
    expect(condition!.reason).to.equal(
      '5 records of commands/0 wait from offset 4 on for the end of a transaction of ' +
        'producer id 41, transactional id "feed"',
    );
    expect(asked).to.deep.equal([0]);
    expect(watch.conditions([])).to.be.empty;
  });

  it('reports none that is within its time, nor one of a sender that moves on', async () => {
    const patient = watchOf(3_600_000);
    await patient.look(reader);
    const since = patient.ends.get(0)!.openSince!;
    await patient.look(reader);
    expect(patient.conditions(lanes)).to.be.empty;
    expect(patient.ends.get(0)!.openSince).to.equal(since);
    ends = new Map([[0, { end: 12, stable: 12 }]]);
    await patient.look(reader);
    expect(patient.ends.get(0)!.openSince).to.equal(undefined);
    expect(asked).to.be.empty;
  });

  it('keeps what it knew while the brokers do not answer', async () => {
    const watch = watchOf(0);
    await watch.look(reader);
    const away = { ...reader, read: () => Promise.reject(new Error('away')) };
    const failure = await watch.look(away).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(watch.conditions(lanes)).to.have.length(1);
  });
});
