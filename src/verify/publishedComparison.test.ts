import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { lateHeader } from '../messaging/lateHeader.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { LaneFindings } from './findings.ts';
import { PublishedComparison } from './publishedComparison.ts';

function rowOf(text: string, sequence: number): OutboxRow {
  const headers = { 'onhand-offset': Buffer.from(String(sequence - 1)) };
  const plain = { kind: 'dead-letter', commandId: null, headers, level: null } as const;
  return { ...plain, sequence, time: 1, key: 'k', value: Buffer.from(text) };
}

/** With a `+` in front it is one that was published late. */
function recordOf(published: string, offset: number, demanded: string[]): KafkaMessage {
  const text = published.replace('+', '');
  const late = published === text ? {} : { [lateHeader]: Buffer.from('7') };
  const headers = { 'onhand-offset': Buffer.from(String(demanded.indexOf(text))), ...late };
  const plain = { timestamp: '1', attributes: 0, headers };
  return { ...plain, offset: String(offset), key: Buffer.from('k'), value: Buffer.from(text) };
}

async function* inBatches(
  records: KafkaMessage[],
): AsyncGenerator<KafkaMessage[], void, undefined> {
  for (let from = 0; from < records.length; from += 100) {
    yield Promise.resolve(records.slice(from, from + 100));
  }
}

/**
 * Compares letters: those that the log demands, each caused at the offset of its place, with those
 * that are published. Says what is found wrong, and how many come after the last one.
 */
async function compared(demanded: string[], published: string[], isCut = false, from = 0) {
  const findings = new LaneFindings({ engine: 'stock', lane: 0 });
  const records = published.map((text, offset) => recordOf(text, offset, demanded));
  const part = { topic: 't', kind: 'dead-letter', from, isCut } as const;
  const comparison = new PublishedComparison(part, inBatches(records), findings);
  const rows = demanded.map((text, index) => rowOf(text, index + 1)).slice(from);
  const offsets = rows.map(({ sequence }) => sequence - 1);
  for (let at = 0; at < rows.length; at += 70) {
    await comparison.take(rows.slice(at, at + 70), offsets.slice(at, at + 70));
  }
  await comparison.end(true);
  const beyond = comparison.countBeyond();
  const said = findings.kept.map(({ what, expected, found, offset }) => {
    return [what, expected, found, offset].join('|');
  });
  return { said, beyond, late: comparison.lateCount };
}

const many = (count: number, prefix = 'x') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const letter = (text: string) => `dead-letter ${text}`;

describe('PublishedComparison', () => {
  const demanded = many(1000);
  const changed = (place: number, ...texts: string[]) => demanded.toSpliced(place, 1, ...texts);

  for (const [what, published, said] of [
    ['nothing where both are the same', demanded, []],
    ['one that differs', changed(500, 'y'), ['sequence 501, offset 500: value|x500|y|500']],
    ['one that is missing', changed(500), [`sequence 501: record|${letter('x500')}||500`]],
    ['the first one missing', changed(0), [`sequence 1: record|${letter('x0')}||0`]],
    ['the last one missing', changed(999), [`sequence 1000: record|${letter('x999')}||999`]],
    [
      'one that is twice there',
      changed(500, 'x500', 'x500'),
      [`offset 501: record||${letter('x500')}|500`],
    ],
    ['one too many', changed(0, 'y', 'x0'), [`offset 0: record||${letter('y')}|-1`]],
    [
      'two places',
      changed(300, 'y').toSpliced(800, 1),
      ['sequence 301, offset 300: value|x300|y|300', `sequence 801: record|${letter('x800')}||800`],
    ],
    [
      'two that have changed places',
      changed(500).toSpliced(501, 0, 'x500'),
      [`offset 500: record||${letter('x501')}|501`, `sequence 502: record|${letter('x501')}||501`],
    ],
  ] satisfies [string, string[], string[]][]) {
    it(`finds ${what}`, async () => {
      expect(await compared(demanded, published)).to.deep.equal({ said, beyond: 0, late: 0 });
    });
  }

  it('finds all that a whole transaction lacked, or had twice', async () => {
    const lost = demanded.toSpliced(100, 600);
    expect((await compared(demanded, lost)).said).to.have.length(20);
    const doubled = demanded.toSpliced(700, 0, ...demanded.slice(100, 700));
    const { said } = await compared(demanded, doubled);
    expect(said[0]).to.equal(`offset 700: record||${letter('x100')}|100`);
  });

  for (const [what, published, said, late] of [
    ['what comes late', [...changed(500), '+x500'], [], 1],
    ['what comes late although it comes last', [...changed(999), '+x999'], [], 1],
    [
      'a whole transaction that comes late',
      [...demanded.toSpliced(100, 600), ...demanded.slice(100, 700).map((text) => `+${text}`)],
      [],
      600,
    ],
    [
      'what stands in the place of one that comes late',
      [...changed(500, 'y'), '+x500'],
      [`offset 500: record||${letter('y')}|-1`],
      1,
    ],
    [
      'another than the one that is missing',
      [...changed(500), '+x501'],
      [`sequence 501: record|${letter('x500')}||500`],
      0,
    ],
  ] satisfies [string, string[], string[], number][]) {
    it(`takes ${what} for what it is`, async () => {
      const found = await compared(demanded, published);
      expect({ said: found.said, late: found.late }).to.deep.equal({ said, late });
    });
  }

  it('counts what comes late and is missed by nobody', async () => {
    const nothing = { said: [], beyond: 1, late: 0 };
    expect(await compared(demanded, [...demanded, '+x500'])).to.deep.equal(nothing);
    const twice = await compared(demanded, [...changed(500), '+x500', '+x500']);
    expect(twice).to.deep.equal({ said: [], beyond: 1, late: 1 });
  });

  it('says the first difference only where nothing is at one again', async () => {
    const { said } = await compared(many(20_000), [...many(500), ...many(19_500, 'y')]);
    expect(said).to.deep.equal(['sequence 501, offset 500: value|x500|y0|500']);
  });

  it('counts what comes after the last one', async () => {
    expect(await compared(demanded, [...demanded, 'y', 'z'])).to.deep.equal({
      said: [],
      beyond: 2,
      late: 0,
    });
    expect(await compared([], ['y'])).to.deep.equal({ said: [], beyond: 1, late: 0 });
  });

  it('begins where a cut topic begins', async () => {
    expect(await compared(demanded, demanded.slice(400), true)).to.deep.equal({
      said: [],
      beyond: 0,
      late: 0,
    });
    const { said } = await compared(demanded, demanded.slice(400).toSpliced(100, 1), true);
    expect(said).to.deep.equal([`sequence 501: record|${letter('x500')}||500`]);
    expect(await compared(demanded, [], true)).to.deep.equal({ said: [], beyond: 0, late: 0 });
  });

  it('begins where it is told to', async () => {
    expect(await compared(demanded, demanded, false, 400)).to.deep.equal({
      said: [],
      beyond: 0,
      late: 0,
    });
    const { said } = await compared(demanded, changed(400), false, 400);
    expect(said).to.deep.equal([`sequence 401: record|${letter('x400')}||400`]);
    expect((await compared(demanded, changed(399), false, 400)).said).to.deep.equal([]);
  });
});
