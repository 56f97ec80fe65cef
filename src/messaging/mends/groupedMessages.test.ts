import { expect } from 'chai';
import { type PlacedMessage, groupedMessages } from './groupedMessages.ts';
import { loadInternal } from './loadInternal.ts';

type Request = (of: { transactionalId: string; acks: number; timeout: number } & object) => {
  encode(): Promise<{ buffer: Buffer }>;
};

type Group = (given: {
  topic: string;
  partitionMetadata: object[];
  messages: PlacedMessage[];
  partitioner: (of: { message: PlacedMessage }) => number;
}) => Record<number, PlacedMessage[]>;

const produce = loadInternal('protocol/requests/produce/v3/request') as Request;
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

describe('grouped messages', () => {
  const messages = () =>
    Array.from({ length: 7 }, (_, index) => ({ value: `${index}`, partition: index % 3 }));

  it('are the groups that kafkajs would make, in the same order', () => {
    const plain = grouping(messages());
    const quick = grouping(groupedMessages(messages()));
    expect(quick.groups).to.deep.equal(plain.groups);
    // The slow way asks for each message and copies; the quick one has no use for it.
    expect([plain.asked, quick.asked]).to.deep.equal([7, 0]);
  });

  it('are encoded byte by byte as kafkajs would', async () => {
    const long = 'x'.repeat(70_000);
    const twice = [Buffer.from([0, 255]), 'ü'];
    const each: Omit<PlacedMessage, 'partition'>[] = [
      { value: Buffer.from([1, 2, 3]) },
      { key: 'kéy', value: null },
      { key: null, value: '', headers: {} },
      {
        key: Buffer.alloc(0),
        value: long,
        headers: { one: 'a', twice, ['nämé']: Buffer.alloc(64) },
      },
      { value: 'at a time of its own', timestamp: '1700000000000' },
    ];
    // More than one byte for the number of a record, and each kind of record in each partition.
    const messages = () =>
      Array.from({ length: 600 }, (_, index): PlacedMessage => {
        const partition = index % 3;
        return { ...each[partition === 2 ? index % 5 : index % 4]!, partition };
      });
    const bytes = async (sent: PlacedMessage[]) => {
      const partitions = Object.entries(grouping(sent).groups).map(([partition, of]) => {
        return { partition: Number(partition), messages: of, firstSequence: 7 };
      });
      const head = {
        transactionalId: 't',
        acks: -1,
        timeout: 1000,
        producerId: 5,
        producerEpoch: 2,
      };
      const request = { ...head, compression: 0, topicData: [{ topic: 't', partitions }] };
      return (await produce(request).encode()).buffer;
    };
    const { now } = Date;
    Date.now = () => 1_700_000_000_123;
    try {
      const plain = await bytes(messages());
      expect((await bytes(groupedMessages(messages()))).equals(plain)).to.be.true;
    } finally {
      Date.now = now;
    }
  });
});
