import { createServer } from 'node:net';
import { expect } from 'chai';
import { freePort, isFree } from './freePort.ts';

describe('freePort', () => {
  it('lies outside the range of outgoing connections and is free', async () => {
    const port = await freePort();
    expect(port).to.be.within(15_000, 32_767);
    expect(await isFree(port)).to.equal(true);
  });

  it('is never one that somebody listens on', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await isFree(port)).to.equal(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(port)).to.equal(true);
  });
});
