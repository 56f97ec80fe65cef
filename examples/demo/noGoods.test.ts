import { expect } from 'chai';
import { isNoGoods } from './noGoods.ts';

describe('isNoGoods', () => {
  const bookkeeping = 'AMAZONFEE,BANK CHARGES,C2,D,DOT,M,m,PADS,POST,S'.split(',');
  const goods = '85123A,85123a,71053,15056BL,gift_0001_20,DCGS0003,DCGSSBOY,C22,POSTCARD'.split(
    ',',
  );

  for (const sku of bookkeeping) it(`${sku} is none`, () => expect(isNoGoods(sku)).to.be.true);
  for (const sku of goods) it(`${sku} is goods`, () => expect(isNoGoods(sku)).to.be.false);
});
