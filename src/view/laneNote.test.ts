import { expect } from 'chai';
import { type LaneNote, formatNote, inStep, newStaleState, parseNote } from './laneNote.ts';

const note: LaneNote = { log: 'l'.repeat(22), epoch: 3, through: 17, state: inStep };

describe('a note of a lane', () => {
  it('is words that a person can read', () => {
    expect(formatNote(note)).to.equal(`${note.log} 3 17 in-step`);
  });

  it('comes back as it was', () => {
    const notes = [note, { ...note, through: 0 }, { ...note, through: null }];
    for (const one of [...notes, { ...note, state: newStaleState() }]) {
      expect(parseNote(formatNote(one))).to.deep.equal(one);
    }
  });

  it('is none when it is missing or damaged', () => {
    for (const text of [undefined, null, '', 'x', 'l 3', 'l x 17 in-step', 'l 3 17 in-step more']) {
      expect(parseNote(text), String(text)).to.be.undefined;
    }
  });

  it('that says stale is like no other', () => {
    expect(newStaleState()).not.to.equal(newStaleState());
    expect(newStaleState()).to.match(/^stale-[0-9a-f]{12}$/);
  });
});
