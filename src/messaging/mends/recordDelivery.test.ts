import { expect } from 'chai';
import { apis, errors } from '../../testing/fakeKafka/codes.ts';
import { SendRig, failureOf, reasonOf, retries } from '../../testing/fakeKafka/sendRig.ts';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { mendProducerSends } from './producerSends.ts';

const whole = [
  ['a0', 'b0'],
  ['a1', 'b1'],
];

describe('RecordDelivery', () => {
  const mended = freshKafkajs();
  let rig: SendRig;
  before(() => {
    mendProducerSends(mended);
  });
  beforeEach(async () => {
    rig = await SendRig.open(2, [0, 1]);
  });
  afterEach(() => rig.close());

  async function reopen(nodes: number, leaders: number[]): Promise<void> {
    await rig.close();
    rig = await SendRig.open(nodes, leaders);
  }

  it('writes once what a broker has and could not answer for', async () => {
    const producer = await rig.producer(mended);
    let cuts = 0;
    rig.cluster.moments.after = ({ api, node }) => {
      return api === apis.produce && node === 1 && ++cuts <= 2 ? 'cut' : undefined;
    };
    await producer.send(rig.both('a'));
    await producer.send(rig.both('b'));
    expect(rig.cluster.values).to.deep.equal(whole);
    expect(cuts).to.equal(4);
  });

  it('waits for a leader', async () => {
    const producer = await rig.producer(mended);
    await producer.send(rig.both('a'));
    rig.cluster.move(1, -1);
    let looked = 0;
    rig.cluster.moments.before = ({ api }) => {
      if (api === apis.metadata && ++looked === 3) rig.cluster.move(1, 0);
    };
    await producer.send(rig.both('b'));
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('tries again what an answer does not mention', async () => {
    const producer = await rig.producer(mended);
    let answers = 0;
    rig.cluster.moments.forget = (partition) => partition === 1 && ++answers === 1;
    await producer.send(rig.both('a'));
    await producer.send(rig.both('b'));
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('fails for a partition that does not exist', async () => {
    const producer = await rig.producer(mended);
    const sent = producer.send({
      topic: rig.cluster.topic,
      messages: [{ partition: 7, value: 'x' }],
    });
    expect(await reasonOf(sent)).to.match(/^orders 7: This server does not host this topic/);
  });

  it('fails when patience ends, and does not go on with numbers that may be taken', async () => {
    const producer = await rig.producer(mended);
    rig.cluster.moments.after = ({ api, node }) => {
      return api === apis.produce && node === 1 ? 'cut' : undefined;
    };
    expect(await reasonOf(producer.send(rig.both('a')))).to.match(/Closed connection/);
    // Each try is for partition 1 alone, once broker 0 has acknowledged the other.
    expect(rig.cluster.count(apis.produce)).to.equal(1 + (retries + 1));
    expect(rig.cluster.values).to.deep.equal([['a0'], ['a1']]);

    rig.cluster.moments = {};
    expect(await reasonOf(producer.send(rig.both('b')))).to.match(/use a new producer/);
    const next = await rig.producer(mended);
    await next.send(rig.both('b'));
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('goes on after records that every broker refused for what they are', async () => {
    const producer = await rig.producer(mended);
    rig.cluster.moments.refuse = () => errors.messageTooLarge;
    const failure = await failureOf(producer.send(rig.both('x')));
    expect(failure).to.have.property('type', 'MESSAGE_TOO_LARGE');
    expect(rig.cluster.count(apis.produce)).to.equal(2);
    rig.cluster.moments = {};
    await producer.send(rig.both('a'));
    await producer.send(rig.both('b'));
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  describe('in a transaction', () => {
    it('fails at the first refusal, so that all of it is aborted', async () => {
      const producer = await rig.producer(mended, { transactionalId: 't' });
      const first = await producer.transaction();
      await first.send(rig.both('a'));
      await first.commit();
      rig.cluster.move(1, 0);
      const refused = await producer.transaction();
      expect(await reasonOf(refused.send(rig.both('x')))).to.match(/^orders 1: .*not the leader/);
      await refused.abort();
      expect(rig.cluster.count(apis.produce)).to.equal(4);

      const successor = await rig.producer(mended, { transactionalId: 't' });
      const second = await successor.transaction();
      await second.send(rig.both('b'));
      await second.commit();
      expect(rig.cluster.values).to.deep.equal(whole);
    });

    it('fails when an answer is lost', async () => {
      const producer = await rig.producer(mended, { transactionalId: 't' });
      const transaction = await producer.transaction();
      rig.cluster.moments.after = ({ api, node }) => {
        return api === apis.produce && node === 1 ? 'cut' : undefined;
      };
      expect(await reasonOf(transaction.send(rig.both('a')))).to.match(/Closed connection/);
      expect(await reasonOf(transaction.send(rig.both('b')))).to.match(/use a new producer/);
      await transaction.abort();
      expect(rig.cluster.values).to.deep.equal([[], []]);
      expect(rig.cluster.count(apis.produce)).to.equal(2);
    });

    it('fails only when nothing of the send is under way any more', async () => {
      const producer = await rig.producer(mended, { transactionalId: 't' });
      const transaction = await producer.transaction();
      let isWritten = false;
      rig.cluster.moments.refuse = (partition) => (partition === 1 ? errors.notLeader : undefined);
      rig.cluster.moments.before = async ({ api, node }) => {
        if (api !== apis.produce || node !== 0) return;
        while (rig.cluster.count(apis.produce) === 0) await new Promise(setImmediate);
        isWritten = true;
      };
      expect(await reasonOf(transaction.send(rig.both('a')))).to.match(/^orders 1: /);
      expect(isWritten).to.equal(true);
      await transaction.abort();
    });

    it('has all partitions or none when the coordinator refuses', async () => {
      await reopen(3, [1, 2]);
      const producer = await rig.producer(mended, { transactionalId: 't' });
      let asked = 0;
      rig.cluster.moments.refuseTransaction = () => {
        return ++asked === 1 ? errors.notCoordinator : undefined;
      };
      const transaction = await producer.transaction();
      await transaction.send(rig.both('a'));
      await transaction.commit();
      expect(rig.cluster.values).to.deep.equal([['a0'], ['a1']]);
      expect(asked).to.equal(2);
    });
  });
});
