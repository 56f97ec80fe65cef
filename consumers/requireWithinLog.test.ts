import { expect } from 'chai';
import { requireWithinLog } from './requireWithinLog.ts';

describe('requireWithinLog', () => {
  const position = (nextOffset: number) => {
    const id = { engine: 'stock', lane: 1, topicId: 't'.repeat(22), partitionCount: 2 } as const;
    return { ...id, nextOffset, outboxSequence: 0, logTime: 0, epoch: 1, applied: null };
  };
  const log = [
    { partition: 0, offset: '9999', low: '9000', high: '9999' },
    { partition: 1, offset: '50', low: '10', high: '50' },
  ];

  for (const nextOffset of [10, 30, 50]) {
    it(`lets a lane go on at ${nextOffset} of [10, 50]`, () => {
      requireWithinLog(position(nextOffset), log);
    });
  }

  it('halts a lane whose commands were deleted unread, and says how many', () => {
    expect(() => requireWithinLog(position(7), log))
      .to.throw('offsets 7 to 9')
      .with.property('code', 'COMMANDS_LOST');
  });

  it('halts a lane that was further than its log', () => {
    expect(() => requireWithinLog(position(51), log))
      .to.throw('offset 50')
      .with.property('code', 'TOPIC_REPLACED');
  });
});
