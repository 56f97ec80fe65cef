import { expect } from 'chai';
import { OperationalError } from '../src/ops/errors.ts';
import { requireWithinLog } from './requireWithinLog.ts';

describe('requireWithinLog', () => {
  const log = [
    { partition: 0, offset: '9999', low: '9000', high: '9999' },
    { partition: 1, offset: '50', low: '10', high: '50' },
  ];
  /** What the lane is halted with, if it is. */
  const trouble = (nextOffset: number, younger = 20) => {
    const id = { engine: 'stock', lane: 1, topicId: 't'.repeat(22), partitionCount: 2 } as const;
    const position = { ...id, nextOffset, outboxSequence: 0, logTime: 0, epoch: 1, applied: null };
    return requireWithinLog(position, log, () => Promise.resolve(younger)).then(
      () => undefined,
      (error: OperationalError) => [error.code, error.message],
    );
  };

  for (const nextOffset of [10, 30, 50]) {
    it(`lets a lane go on at ${nextOffset} of [10, 50]`, async () => {
      expect(await trouble(nextOffset)).to.be.undefined;
    });
  }

  it('halts a lane whose commands were deleted unread, and says how many', async () => {
    const [code, text] = (await trouble(7)) ?? [];
    expect(code).to.equal('COMMANDS_LOST');
    expect(text).to.include('offsets 7 to 9');
  });

  it('halts a lane that was further than its log, and says from where on it differs', async () => {
    const [code, text] = (await trouble(51)) ?? [];
    expect(code).to.equal('TOPIC_REPLACED');
    expect(text).to.include('ends at offset 50').and.include('from offset 20 on');
    expect((await trouble(51, Infinity))?.[1]).to.include('from offset 50 on');
  });
});
