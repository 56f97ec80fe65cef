import { expect } from 'chai';
import type { Producer, Transaction } from 'kafkajs';
import { StockClient } from '../../../producers/stockClient.ts';
import { createKafka } from '../../messaging/kafkaClient.ts';
import { encodeOrderEvent } from '../../messaging/orderEventCodec.ts';
import { partitionOf } from '../../messaging/partitionOf.ts';
import { encodeStockCommand } from '../../messaging/stockCommandCodec.ts';
import type { HealthReport } from '../../ops/healthReport.ts';
import type { LaneLag } from '../../replay/readLag.ts';
import { busyOf } from '../../testing/busyOf.ts';
import { cliOf } from '../../testing/cliOf.ts';
import { commandsFor } from '../../testing/commandsFor.ts';
import { silentLogger } from '../../testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../../testing/testInstallation.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import type { Processor } from '../processor.ts';

const sku = 'held-up';
const orderId = 'order-held-up';
/** Sent behind the open transaction. */
const behind = 20;

describe('a transaction that its sender leaves open', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let client: StockClient;
  let sender: Producer;
  let transaction: Transaction;
  const { cli, json } = cliOf(() => onhand);
  const lane = () => partitionOf(sku, onhand.settings.ONHAND_PARTITIONS);
  const orderLane = () => partitionOf(orderId, onhand.settings.ONHAND_PARTITIONS);
  const transactionalId = () => `${onhand.settings.ONHAND_TOPIC_PREFIX}foreign`;

  before(async () => {
    onhand = await testInstallation({ ONHAND_OPEN_TRANSACTION_SECONDS: 1 });
    processor = await onhand.startProcessor();
    client = new StockClient(onhand.settings, silentLogger, { deadlineMs: 1000 });
    await client.start();
    await client.receive({ sku, quantity: 1 });
    await onhand.settled();
    sender = createKafka(onhand.settings, 'foreign', silentLogger).producer({
      transactionalId: transactionalId(),
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: 600_000,
    });
    await sender.connect();
    transaction = await sender.transaction();
    const { stockCommands, orderEvents } = onhand.topics;
    const command = commandsFor(sku).receive(1000);
    const paid = { kind: 'OrderPaid', eventId: 'e-1', orderId } as const;
    await transaction.send({
      topic: stockCommands.name,
      messages: [{ key: sku, partition: lane(), value: encodeStockCommand(command) }],
    });
    await transaction.send({
      topic: orderEvents.name,
      messages: [{ key: orderId, partition: orderLane(), value: encodeOrderEvent(paid) }],
    });
    const { receive } = commandsFor(sku);
    await onhand.send(Array.from({ length: behind }, () => receive(1)));
    await onhand.sendOrders([{ kind: 'OrderCancelled', eventId: 'e-2', orderId, reason: 'late' }]);
  });
  after(async () => {
    await sender?.disconnect();
    await client?.close();
    await processor?.stop();
    await onhand?.close();
  });

  const health = async () =>
    (await (await fetch(`${processor.url}/health`)).json()) as HealthReport;
  const problemOf = async (engine: string) => {
    const { problems } = await health();
    return problems.find((one) => one.code === 'OPEN_TRANSACTION' && one.engine === engine);
  };
  const metric = async (start: string) => {
    const text = await (await fetch(`${processor.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(start));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
  };

  it('is a condition of both lanes, with since when, the offset and the sender', async () => {
    await waitUntil(
      'the condition of both lanes',
      async () => Boolean((await problemOf('stock')) && (await problemOf('order'))),
      30_000,
    );
    const problem = (await problemOf('stock'))!;
    expect(problem).to.include({ engine: 'stock', lane: lane(), state: 'condition' });
    expect(Date.parse(problem.since!)).to.be.at.most(Date.now());
    expect(problem.reason).to.match(/wait from offset 1 on .* producer id \d+/);
    expect(problem.reason).to.include(JSON.stringify(transactionalId()));
    expect(problem.hint).to.include(`--partition ${lane()} --start-offset 1`);
    expect((await problemOf('order'))!.lane).to.equal(orderLane());
    expect((await fetch(`${processor.url}/health/ready`)).status).to.equal(503);
  });

  it('counts in the lag of its lane, by every name that the lag has', async () => {
    const place = `engine="stock",lane="${lane()}"`;
    await waitUntil('the lag', async () => {
      return (await metric(`onhand_lane_lag_records{${place}}`)) === behind + 1;
    });
    expect(await metric(`onhand_lane_open_records{${place}}`)).to.equal(behind + 1);
    expect(await metric(`onhand_lane_lag_seconds{${place}}`)).to.be.above(0);
    const condition = `onhand_condition_seconds{condition="OPEN_TRANSACTION",${place}`;
    expect(await metric(condition)).to.be.above(0);
    const prefix = onhand.settings.ONHAND_TOPIC_PREFIX;
    const group = `consumergroup="${prefix}onhand-stock",topic="${prefix}stock.commands"`;
    const groupLag = `kafka_consumergroup_lag{${group},partition="${lane()}"}`;
    expect(await metric(groupLag)).to.equal(behind + 1);
  });

  it('is in `onhand lag`, which fails beyond --max', async () => {
    const { lanes } = (await json('lag')) as { lanes: LaneLag[] };
    const found = lanes.find((one) => one.engine === 'stock' && one.lane === lane())!;
    expect(found).to.include({ nextOffset: 1, logEnd: behind + 2, lagRecords: behind + 1 });
    expect(found.lagSeconds).to.be.above(0);
    expect(found.open).to.include({ from: 1 });
    expect(found.open!.transaction!.transactionalId).to.equal(transactionalId());
    const { code, stdout } = await cli('lag', '--max', '10');
    expect(code).to.equal(1);
    expect(stdout).to.match(new RegExp(`stock ${lane()}: .*producer id \\d+.*for \\d+ s`));
  });

  it('is what a call that is too late names', async () => {
    const busy = await busyOf(client.receive({ sku, quantity: 5 }));
    expect(busy.mayBeDecided).to.be.true;
    expect(busy.message).to.match(/no outcome within 1000 ms: .* transaction of producer id \d+/);
  });

  it('leaves its lane proved up to there, and the records beyond it named', async () => {
    const { code, stdout } = await cli('replay', 'verify');
    expect(code).to.equal(0);
    const proved = `stock: proved up to offset 1 of partition ${lane()} (1 records; `;
    expect(stdout).to.include(`${proved}${behind + 2} beyond it are in an open transaction)`);
  });

  it('is over when it is aborted: all that was behind it is applied in order', async () => {
    await transaction.abort();
    await onhand.settled(30_000);
    const quantities = (await onhand.events()).flatMap((event) =>
      event.kind === 'StockReceived' && event.sku === sku ? [event.quantity] : [],
    );
    expect(quantities).to.deep.equal([1, ...Array<number>(behind).fill(1), 5]);
    const verdicts = await onhand.verdicts();
    expect(verdicts.map((verdict) => verdict.kind)).to.deep.equal(['OrderStockReleased']);
    await waitUntil(
      'the end of the condition',
      async () => !(await problemOf('stock')) && !(await problemOf('order')),
      30_000,
    );
    expect(await metric('onhand_condition_seconds{')).to.equal(undefined);
    expect((await cli('replay', 'verify')).code).to.equal(0);
  });
});
