import { expect } from 'chai';
import { AnswerClock } from './answerClock.ts';

describe('AnswerClock', () => {
  const load = { perSecond: 100, seconds: 0.2, requireAlive: () => undefined };

  it('counts from when something was due, also when it was sent late', async () => {
    const clock = new AnswerClock();
    let sent = 0;
    const send = () => {
      const id = String(sent++);
      // Holds up this one and those that are due meanwhile.
      if (sent === 5) for (const until = performance.now() + 80; performance.now() < until;);
      setTimeout(() => clock.answered(id), 1);
      return { id, sent: Promise.resolve() };
    };
    const { samples, max, missing } = await clock.run({ ...load, send });
    expect(samples).to.equal(20);
    expect(missing).to.equal(0);
    expect(max).to.be.at.least(80);
  });

  it('leaves out what came before, when told so', async () => {
    const clock = new AnswerClock();
    let sent = 0;
    const send = () => {
      const id = String(sent++);
      setTimeout(() => {
        clock.countFromNow(id);
        clock.answered(id);
      }, 100);
      return { id, sent: Promise.resolve() };
    };
    const { p50 } = await clock.run({ ...load, send });
    expect(p50).to.be.below(95);
  });

  it('fails with what a send threw', async () => {
    const clock = new AnswerClock();
    const send = () => ({ id: 'a', sent: Promise.reject(new Error('Kafka is away')) });
    let message = '';
    await clock.run({ ...load, send }).catch((error: Error) => (message = error.message));
    expect(message).to.equal('Kafka is away');
  });
});
