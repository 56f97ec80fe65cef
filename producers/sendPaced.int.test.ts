import { expect } from 'chai';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { type PacedSends, sendPaced } from './sendPaced.ts';

const underWayMax = 20;

describe('sendPaced', function () {
  this.timeout(60_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
  });
  after(async () => {
    await onhand?.close();
  });

  it('holds back while its commands wait, and goes on when they are answered', async () => {
    const counts = Array.from({ length: 150 }, (_, index) => commandsFor(`tea-${index}`).count(7));
    const seen: PacedSends[] = [];
    const send = (more: { patienceMs?: number } = {}) =>
      sendPaced(onhand.settings, silentLogger, counts, {
        perSecond: 100_000,
        underWayMax,
        onProgress: (so) => seen.push(so),
        ...more,
      });
    const sending = send();
    // No processor lives: it pauses again and again with no more than that sent.
    await waitUntil('pauses', () => seen.length > 20);
    expect(Math.max(...seen.map(({ sent }) => sent))).to.equal(underWayMax);

    const processor = await onhand.startProcessor();
    try {
      expect(await sending).to.deep.equal({ sent: 150, answered: 150, refused: 0, unanswered: 0 });
      for (const { sent, answered } of seen) expect(sent - answered).to.be.at.most(underWayMax);

      const again = await send({ patienceMs: 1 });
      expect(again).to.include({ sent: 150, answered: 0, unanswered: 150 });
    } finally {
      await processor.stop();
    }
  });

  it('refuses a pace that is none', async () => {
    const sending = sendPaced(onhand.settings, silentLogger, [], { perSecond: 0 });
    const error = await sending.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RangeError);
  });
});
