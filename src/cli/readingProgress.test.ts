import { expect } from 'chai';
import { progressText } from './readingProgress.ts';

describe('progressText', () => {
  it('says how far, how fast, and how long it will take', () => {
    const text = progressText('reading the log', 1200, 4000, 2000);
    expect(text).to.equal('reading the log: 1,200 of 4,000, 600/s, 5 s left');
  });

  it('promises nothing before anything is read, and no time below zero', () => {
    expect(progressText('sending', 0, 50, 0)).to.equal('sending: 0 of 50, 0/s');
    expect(progressText('sending', 60, 50, 1000)).to.equal('sending: 60 of 50, 60/s, 0 s left');
  });
});
