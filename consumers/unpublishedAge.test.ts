import { expect } from 'chai';
import { UnpublishedAge } from './unpublishedAge.ts';

describe('UnpublishedAge', () => {
  it('is 0 when nothing was committed, or all of it is published', () => {
    const unpublished = new UnpublishedAge();
    expect(unpublished.age(0, 100)).to.equal(0);
    unpublished.committed(5, 0, 100);
    expect(unpublished.age(5, 200)).to.equal(0);
  });

  it('counts from the commit of the oldest row that is left', () => {
    const unpublished = new UnpublishedAge();
    unpublished.committed(5, 0, 100);
    unpublished.committed(9, 0, 150);
    expect(unpublished.age(0, 200)).to.equal(100);
    expect(unpublished.age(4, 200)).to.equal(100);
    expect(unpublished.age(5, 200)).to.equal(50);
    expect(unpublished.age(8, 210)).to.equal(60);
    expect(unpublished.age(9, 210)).to.equal(0);
  });

  it('counts from the first commit while the cursor is not known', () => {
    const unpublished = new UnpublishedAge();
    unpublished.committed(0, undefined, 100);
    unpublished.committed(3, undefined, 130);
    expect(unpublished.age(undefined, 200)).to.equal(100);
    expect(unpublished.age(0, 200)).to.equal(70);
  });

  it('forgets no row, however many commits wait, and never makes one younger than it is', () => {
    const unpublished = new UnpublishedAge();
    for (let sequence = 1; sequence <= 5000; sequence++) {
      unpublished.committed(sequence, 0, sequence);
    }
    expect(unpublished.age(0, 6000)).to.equal(5999);
    expect(unpublished.age(4999, 6000)).to.be.at.least(1000);
    expect(unpublished.age(5000, 6000)).to.equal(0);
  });
});
