import { expect } from 'chai';
import { apis, errors } from '../../testing/fakeKafka/codes.ts';
import { SendRig, signal } from '../../testing/fakeKafka/sendRig.ts';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendProducerSends } from './producerSends.ts';

const whole = [
  ['a0', 'b0'],
  ['a1', 'b1'],
];

describe('mendProducerSends', () => {
  const unmended = freshKafkajs();
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

  /** Broker 0 answers the second send only when its client tries that send again. */
  function answerLate(): void {
    let placed = 0;
    const triedAgain = signal();
    rig.onPlaced = () => {
      placed++;
      if (placed === 5) setImmediate(triedAgain.give);
    };
    let produced = 0;
    rig.cluster.moments.after = async ({ api, node }) => {
      if (api === apis.produce && node === 0 && ++produced === 2) await triedAgain.given;
    };
  }

  /**
   * A transaction over two brokers. The coordinator takes one partition and refuses the other, when
   * the first has its records, and the second moves to the first one's broker.
   */
  async function commitDespiteRefusal(load: LoadInternal): Promise<void> {
    const producer = await rig.producer(load, { transactionalId: 't' });
    let asked = 0;
    let isRefused = false;
    const produced = signal();
    rig.cluster.moments = {
      before: async ({ api }) => {
        if (api !== apis.addPartitionsToTxn || ++asked !== 2) return;
        await produced.given;
        rig.cluster.move(1, 1);
        isRefused = true;
      },
      refuseTransaction: () => {
        if (!isRefused) return undefined;
        isRefused = false;
        return errors.notCoordinator;
      },
      after: ({ api }) => {
        if (api === apis.produce) produced.give();
      },
    };
    const transaction = await producer.transaction();
    await transaction.send(rig.both('a'));
    await transaction.commit();
  }

  describe('documents what kafkajs does by itself', () => {
    it('loses the records of a partition that moved to a broker that has answered', async () => {
      await rig.sendAcrossMove(unmended);
      expect(rig.cluster.values).to.deep.equal([['a0', 'b0'], ['a1']]);
    });

    it('writes records twice when a partition moved to a broker that has not', async () => {
      answerLate();
      await rig.sendAcrossMove(unmended);
      expect(rig.cluster.values).to.deep.equal([
        ['a0', 'b0', 'b0'],
        ['a1', 'b1'],
      ]);
    });

    it('commits a transaction that is not what was sent after a refusal', async () => {
      await reopen(3, [1, 2]);
      await commitDespiteRefusal(unmended);
      expect(rig.cluster.values).to.not.deep.equal([['a0'], ['a1']]);
    });

    it('resolves without the records of a partition that it does not know', async () => {
      const producer = await rig.producer(unmended);
      await producer.send({ topic: rig.cluster.topic, messages: [{ partition: 7, value: 'x' }] });
      expect(rig.cluster.count(apis.produce)).to.equal(0);
    });
  });

  it('loses no records of a partition that moved to a broker that has answered', async () => {
    await rig.sendAcrossMove(mended);
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('writes no records twice when a broker answers late', async () => {
    const refused = signal();
    let produced = 0;
    rig.cluster.moments.after = async ({ api, node }) => {
      if (api !== apis.produce || ++produced <= 2) return;
      if (node === 1) refused.give();
      else await refused.given;
    };
    await rig.sendAcrossMove(mended);
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('does so without idempotence, too', async () => {
    await rig.sendAcrossMove(mended, { idempotent: false });
    expect(rig.cluster.values).to.deep.equal(whole);
  });

  it('answers once for each partition', async () => {
    const producer = await rig.sendAcrossMove(mended);
    rig.cluster.move(0, 1);
    const answers = await producer.send(rig.both('c'));
    const of = { topicName: 'orders', errorCode: 0, baseOffset: '2', logAppendTime: '-1' };
    expect(answers).to.deep.equal([
      { ...of, partition: 0 },
      { ...of, partition: 1 },
    ]);
  });
});
