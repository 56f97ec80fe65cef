import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { Processor } from '../src/cli/processor.ts';
import { startProcessor } from '../src/cli/processor.ts';
import { encodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import type { TopicRole } from '../src/messaging/topics.ts';
import type { HealthReport } from '../src/ops/healthReport.ts';
import { cliOf } from '../src/testing/cliOf.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { verifyEngines } from '../src/verify/verifyEngines.ts';

const sku = 'dated';
const orderId = 'order-dated';
const minuteMs = 60_000;

describe('records that the broker has not dated', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor | undefined;
  const { cli } = cliOf(() => onhand);
  const partitions = 3;
  const [lane, orderLane] = [partitionOf(sku, partitions), partitionOf(orderId, partitions)];
  before(async () => {
    onhand = await testInstallation({ ONHAND_PARTITIONS: partitions });
    processor = await onhand.startProcessor();
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  const stampedBy = (role: TopicRole, value: 'CreateTime' | 'LogAppendTime') =>
    onhand.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: onhand.topics[role].name,
          configEntries: Object.entries({
            ...onhand.topics[role].configs,
            'message.timestamp.type': value,
          }).map(([name, text]) => ({ name, value: text })),
        },
      ],
    });
  const appendsOf = (role: TopicRole) => async (timestamp: string) => {
    const value =
      role === 'stockCommands'
        ? encodeStockCommand(commandsFor(sku).receive(1))
        : encodeOrderEvent({ kind: 'OrderPaid', eventId: 'e-ahead', orderId });
    const partition = role === 'stockCommands' ? lane : orderLane;
    const key = role === 'stockCommands' ? sku : orderId;
    await onhand.sendRaw([{ key, partition, value, timestamp }], role);
  };
  const problems = async () => {
    const response = await fetch(`${processor!.url}/health/ready`);
    return ((await response.json()) as HealthReport).problems;
  };
  const heldLanes = async () =>
    (await problems())
      .filter(({ code }) => code === 'RECORDS_UNDATED')
      .map((problem) => `${problem.engine} ${problem.lane}`)
      .sort();
  const held = [`order ${orderLane}`, `stock ${lane}`];
  const kinds = async () => (await onhand.events()).map(({ kind }) => kind);
  const reserved = async () => (await kinds()).filter((kind) => kind === 'StockReserved').length;
  const expectProved = async () => {
    const { findings, failures } = await verifyEngines(onhand.settings);
    expect({ findings, failures }).to.deep.equal({ findings: [], failures: [] });
  };

  it('hold their lanes by name, and none of them moves time', async () => {
    const { receive, reserve } = commandsFor(sku);
    await onhand.send([receive(10), reserve('o-1', 4)]);
    await onhand.settled();
    for (const role of ['stockCommands', 'orderEvents'] as const) {
      await stampedBy(role, 'CreateTime');
      // The broker takes the setting a moment after it has confirmed it.
      const ahead = String(Date.now() + 55 * minuteMs);
      await waitUntil('a record with a time of its sender', async () => {
        await appendsOf(role)(ahead);
        return (await heldLanes()).includes(role === 'stockCommands' ? held[1]! : held[0]!);
      });
      await stampedBy(role, 'LogAppendTime');
    }
    await onhand.send([reserve('o-2', 6)]);
    expect(await heldLanes()).to.deep.equal(held);
    const [problem] = (await problems()).filter(({ code }) => code === 'RECORDS_UNDATED');
    expect(problem!.reason).to.match(/has a record at offset \d+ with its sender's time/);
    expect(problem!.hint).to.include('ONHAND_UNDATED_RECORDS=dead-letter');
    expect(await reserved()).to.equal(1);
    await expectProved();
  });

  it('hold them for the next processor as well', async () => {
    await processor?.stop();
    processor = await onhand.startProcessor();
    await waitUntil('both lanes held', async () => (await heldLanes()).length === 2);
    expect(await reserved()).to.equal(1);
  });

  it('become dead letters when an operator says so, and can be sent again', async () => {
    await processor?.stop();
    const settings = { ...onhand.settings, ONHAND_UNDATED_RECORDS: 'dead-letter' } as const;
    processor = await startProcessor(settings, silentLogger, (error) => {
      throw error;
    });
    await onhand.settled();
    expect(await heldLanes()).to.deep.equal([]);
    const before = await kinds();
    const letters = await onhand.read('stockDeadLetter');
    expect(letters.map(({ headers }) => String(headers['onhand-reason']))).to.include('UNDATED');
    await expectProved();

    const { code, stdout } = await cli('dead-letter', 'resend', '--reason', 'UNDATED', '--yes');
    expect(code, stdout).to.equal(0);
    await onhand.settled();
    const after = await kinds();
    expect(after.length).to.equal(before.length + letters.length);
    // No hold has expired on the way: both orders have what they asked for.
    expect(await reserved()).to.equal(2);
    expect(after.some((kind) => kind === 'ReservationExpired')).to.be.false;
    await expectProved();
  });
});
