import { expect } from 'chai';
import { cutBatches } from './cutBatches.ts';

const cut = (...bytes: number[]) => cutBatches(bytes, (own) => own);

describe('cutBatches', () => {
  it('keeps all in order, as many together as Kafka takes', () => {
    expect(cut(200_000, 200_000, 200_000, 1, 2)).to.deep.equal([
      [200_000, 200_000],
      [200_000, 1, 2],
    ]);
  });

  it('gives a record that is large by itself a batch of its own', () => {
    expect(cut(1, 900_000, 2, 3)).to.deep.equal([[1], [900_000], [2, 3]]);
    expect(cut(900_000)).to.deep.equal([[900_000]]);
  });

  it('makes no batch of nothing', () => {
    expect(cut()).to.deep.equal([]);
  });

  it('counts what a record needs beside its bytes', () => {
    const empty = Array<number>(10_000).fill(0);
    expect(cut(...empty).map(({ length }) => length)).to.deep.equal([7812, 2188]);
  });
});
