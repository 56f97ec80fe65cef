import { expect } from 'chai';
import { type PlacedMessage, groupedMessages } from './groupedMessages.ts';
import { loadInternal } from './loadInternal.ts';

type Group = (given: {
  topic: string;
  partitionMetadata: object[];
  messages: PlacedMessage[];
  partitioner: (of: { message: PlacedMessage }) => number;
}) => Record<number, PlacedMessage[]>;

const group = loadInternal('producer/groupMessagesPerPartition') as Group;

/** What kafkajs makes of the messages, and how often it asked where one of them goes. */
function grouping(messages: PlacedMessage[]) {
  let asked = 0;
  const partitioner = ({ message }: { message: PlacedMessage }) => {
    asked++;
    return message.partition;
  };
  const groups = group({ topic: 't', partitionMetadata: [{}], messages, partitioner });
  return { groups, asked };
}

describe('groupedMessages', () => {
  const messages = () =>
    Array.from({ length: 7 }, (_, index) => ({ value: `${index}`, partition: index % 3 }));

  it('gives kafkajs the groups that it would make, in the same order', () => {
    const plain = grouping(messages());
    const quick = grouping(groupedMessages(messages()));
    expect(quick.groups).to.deep.equal(plain.groups);
    // The slow way asks for each message and copies; the quick one has no use for it.
    expect([plain.asked, quick.asked]).to.deep.equal([7, 0]);
  });
});
