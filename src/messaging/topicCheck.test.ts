import { expect } from 'chai';
import { OperationalError } from '../ops/errors.ts';
import { type TopicFinding, requireTopics } from './topicCheck.ts';

const finding = (topic: string, setting: TopicFinding['setting']): TopicFinding => {
  return { topic, setting, severity: 'refusal', expected: 'this', actual: 'that' };
};

function thrownBy(findings: TopicFinding[]): OperationalError | undefined {
  try {
    requireTopics(findings);
  } catch (error) {
    if (error instanceof OperationalError) return error;
    throw error;
  }
  return undefined;
}

describe('requireTopics', () => {
  it('is content without refusals', () => {
    expect(thrownBy([])).to.equal(undefined);
    const warning = { ...finding('a', 'compression.type'), severity: 'warning' } as const;
    expect(thrownBy([warning])).to.equal(undefined);
  });

  const codes: [setting: TopicFinding['setting'], code: string][] = [
    ['cleanup.policy', 'TOPIC_WRONG_POLICY'],
    ['message.timestamp.type', 'TOPIC_NOT_LOG_APPEND_TIME'],
    ['partitions', 'PARTITION_COUNT_CHANGED'],
    ['topic', 'TOPIC_MISSING'],
  ];
  for (const [index, [setting, code]] of codes.entries()) {
    it(`throws ${code} for ${setting}, whatever lesser findings there are`, () => {
      const lesser = codes.slice(0, index).map(([other]) => finding('b', other));
      const error = thrownBy([...lesser, finding('a', setting)]);
      expect(error?.code).to.equal(code);
      expect(error?.message.match(/topic [ab]/g)).to.have.length(index + 1);
    });
  }
});
