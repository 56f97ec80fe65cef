import { expect } from 'chai';
import { axisFor } from './axis.ts';
import { picture } from './picture.ts';

describe('picture', () => {
  const rows = [
    { label: 'onhand', median: 20_000, min: 18_000, max: 21_000 },
    { label: 'a & b <c>', median: 300, min: 280, max: 350 },
  ];

  it('shows each row with its median, and text as text', () => {
    const svg = picture([{ kind: 'rows', title: 'hot', unit: 'commands/s', rows }]);
    expect(svg).to.match(/^<svg /);
    expect(svg).to.include('>20,000<').and.include('>300<');
    expect(svg).to.include('a &amp; b &lt;c>');
    expect(svg).not.to.include('NaN');
  });

  it('shows a line per side', () => {
    const points: [number, number][] = [
      [1, 10],
      [64, 500],
      [1024, 480],
    ];
    const lines = [{ label: 'onhand', points }];
    const chart = { kind: 'lines' as const, title: 't', unit: 'u', along: 'callers', lines };
    const svg = picture([chart]);
    expect(svg.match(/<circle/g)).to.have.length(3);
    expect(svg).not.to.include('NaN');
  });
});

describe('axisFor', () => {
  it('begins at zero when values are near each other', () => {
    const { place, ticks } = axisFor([8, 10]);
    expect(ticks).to.deep.equal([0, 2, 4, 6, 8, 10]);
    expect(place(5)).to.equal(0.5);
  });

  it('counts powers of ten when they are far apart', () => {
    const { place, ticks } = axisFor([20, 5000]);
    expect(ticks).to.deep.equal([10, 100, 1000, 10_000]);
    expect(place(100)).to.be.closeTo(1 / 3, 1e-9);
  });

  it('has no ticks without values', () => {
    expect(axisFor([]).ticks).to.deep.equal([]);
  });
});
