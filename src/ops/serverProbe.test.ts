import { expect } from 'chai';
import { OperationalError } from './errors.ts';
import { ServerProbe } from './serverProbe.ts';

describe('ServerProbe', () => {
  let probe: ServerProbe;
  afterEach(() => probe.stop());

  it('finds trouble until the server has answered', async () => {
    probe = new ServerProbe('mysql', () => Promise.resolve());
    expect(probe.trouble).to.include({ code: 'NOT_ASKED' });
    await probe.start();
    expect(probe.trouble).to.be.null;
  });

  it('explains an error, and keeps it until the next answer', async () => {
    const answers = [Promise.reject(new Error('refused')), Promise.resolve()];
    probe = new ServerProbe(
      'mysql',
      () => answers.shift()!,
      (error) =>
        new OperationalError('MYSQL_UNREACHABLE', (error as Error).message, { hint: 'Start it.' }),
    );
    await probe.start();
    const trouble = { code: 'MYSQL_UNREACHABLE', reason: 'refused', hint: 'Start it.' };
    expect(probe.trouble).to.deep.equal(trouble);
    probe.stop();
    await probe.start();
    expect(probe.trouble).to.be.null;
  });

  it('takes an answer that does not come for none', () => {
    probe = new ServerProbe('kafka', () => new Promise(() => undefined));
    const now = performance.now.bind(performance);
    try {
      void probe.start();
      expect(probe.trouble).to.include({ code: 'NOT_ASKED' });
      performance.now = () => now() + 7000;
      expect(probe.trouble).to.deep.equal({
        code: 'NO_ANSWER',
        reason: 'has not answered for 7 s',
        hint: '',
      });
    } finally {
      Reflect.deleteProperty(performance, 'now');
    }
  });
});
