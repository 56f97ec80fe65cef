import { expect } from 'chai';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { verdictsOf } from '../testing/orderSpec.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import type { OrderStory } from '../why/readOrderStory.ts';
import type { Processor } from './processor.ts';

type Told = OrderStory & { known: boolean; reservations: Record<string, unknown>[] };

describe('onhand why', function () {
  this.timeout(180_000);
  let installation: TestInstallation;
  let processor: Processor | undefined;
  before(async () => {
    installation = await testInstallation();
    processor = await installation.startProcessor();
    await installation.send([commandsFor('tea').receive(10), commandsFor('cup').receive(3)]);
    await installation.settled();
  });
  after(async () => {
    await processor?.stop();
    await installation?.close();
  });

  const why = (...args: string[]) => runCli(['why', ...args], settingsEnv(installation.settings));
  const told = async (orderId: string): Promise<Told> => {
    const { code, stdout, stderr } = await why(orderId, '--json');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Told;
  };
  /** What the log makes of the order has to be what was published. */
  const expectAsPublished = async ({ orderId, steps, agrees }: Told) => {
    expect(agrees).to.be.true;
    const published = (await installation.verdicts()).filter((one) => one.orderId === orderId);
    const derived = steps.flatMap(({ offset, facts }) =>
      verdictsOf(facts).map(({ kind, sequence, time }) => ({ kind, sequence, time, offset })),
    );
    expect(derived).to.deep.equal(
      published.map(({ kind, sequence, time, offset }) => ({ kind, sequence, time, offset })),
    );
    return derived.map(({ kind }) => kind);
  };
  const asked = (facts: OrderFact[]) =>
    facts.flatMap((fact) => (fact.kind === 'StockAsked' ? [fact.command.commandId] : []));

  it('tells how an order was reserved and paid', async () => {
    const { place, pay } = orderEventsFor('o-1');
    await installation.sendOrders([place({ tea: 2, cup: 1 }), pay()]);
    await installation.settled();
    const story = await told('o-1');
    expect(await expectAsPublished(story)).to.deep.equal([
      'OrderStockReserved',
      'OrderStockConfirmed',
    ]);
    expect(story.steps).to.have.length(6);
    expect(story.steps.at(-1)).to.include({ phase: 'confirmed', waiting: 0 });
    const commands = (await installation.events()).flatMap((event) =>
      'orderId' in event && event.orderId === 'o-1' ? [event.commandId] : [],
    );
    const ids = story.steps.flatMap(({ facts }) => asked(facts));
    expect(ids).to.have.length(4).and.to.have.members(commands);
    expect(story.reservations.map(({ sku, confirmed }) => [sku, confirmed])).to.deep.equal([
      ['cup', 1],
      ['tea', 2],
    ]);

    const { code, stdout } = await why('o-1');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^order o-1 {2}t-\w+-order\.events, partition \d, offsets 0 up to/);
    expect(stdout).to.match(/asked {4}ReserveStock {2}tea ×2 {2}\S{22}:\d:\d+:0:0\n/);
    expect(stdout).to.match(/verdict {2}2 OrderStockConfirmed, answers \S+\n +tea {2}2 sold/);
    expect(stdout).to.match(/now in MySQL {2}phase confirmed, .*2 verdicts/);
    expect(stdout).not.to.include('\u001b');
  });

  it('tells why an order was rejected: line by line', async () => {
    const { place } = orderEventsFor('o-2');
    await installation.sendOrders([place({ tea: 1, cup: 9 })]);
    await installation.settled();
    const story = await told('o-2');
    expect(await expectAsPublished(story)).to.deep.equal(['OrderStockRejected']);
    const { stdout } = await why('o-2');
    expect(stdout).to.match(/OrderStockRejected, answers \S+, LINES_REFUSED/);
    expect(stdout).to.include('0 of 9 held  INSUFFICIENT_STOCK, 7 missing');
  });

  it('tells that an order expired and was paid too late', async () => {
    const { place, pay } = orderEventsFor('o-3');
    await installation.sendOrders([place({ tea: 3 }, { ttlSeconds: 1 })]);
    const expired = async () =>
      (await installation.verdicts()).some(({ kind }) => kind === 'OrderStockExpired');
    await waitUntil('the payment time-out', expired, 60_000);
    const paid = pay();
    await installation.sendOrders([paid, paid]);
    await installation.settled();
    const story = await told('o-3');
    expect(await expectAsPublished(story)).to.deep.equal([
      'OrderStockReserved',
      'OrderStockExpired',
      'OrderRefundRequired',
    ]);
    expect(story.steps.map(({ event }) => event?.kind)).to.include('DeadlinesDue');
    expect(story.steps.at(-1)).to.include({ outcome: 'repeated', phase: 'expired' });
    expect((await why('o-3')).stdout)
      .to.include('OrderRefundRequired')
      .and.include('a repeat');
  });

  it('says that it knows nothing of an order, and ends with exit code 3', async () => {
    const { code, stdout } = await why('nobody');
    expect(code).to.equal(3);
    expect(stdout).to.match(/^order nobody is unknown to the order engine: MySQL has no row of it/);
    const json = await why('nobody', '--json');
    expect(json.code).to.equal(3);
    expect(JSON.parse(json.stdout)).to.deep.include({ known: false, steps: [], order: null });
  });

  it('shows what the processor has not come to yet, then what retention has left', async () => {
    await processor?.stop();
    processor = undefined;
    const { pay } = orderEventsFor('o-1');
    await installation.sendOrders([pay()]);
    const waiting = await told('o-1');
    expect(waiting.steps.at(-1)).to.include({ outcome: 'undecided', phase: 'confirmed' });

    const { name: topic } = installation.topics.orderEvents;
    const partition = partitionOf('o-1', 3);
    const offset = waiting.steps[1]!.offset;
    await installation.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition, offset: String(offset) }],
    });
    const cut = await told('o-1');
    expect(cut).to.include({ beginningGone: true, low: offset, agrees: null });
    expect(cut.order?.head.phase).to.equal('confirmed');
    const outcomes = cut.steps.map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal([...Array<string>(5).fill('unknown'), 'undecided']);
    const { code, stdout } = await why('o-1');
    expect(code).to.equal(0);
    expect(stdout).to.include(`Retention has deleted the log before offset ${offset}`);
  });

  it('warns when the row is not what the log says', async () => {
    await installation.pool.query(
      `UPDATE orders SET state = JSON_SET(state, '$.head.phase', 'reserved')
       WHERE order_id = 'o-3'`,
    );
    const { stdout } = await why('o-3');
    expect(stdout).to.include('The row in MySQL is not what the log makes of the order');
  });

  it('says what to do when MySQL is away', async () => {
    const env = settingsEnv({ ...installation.settings, ONHAND_MYSQL_PORT: 1 });
    expectOneError(await runCli(['why', 'o-1'], env), 'MYSQL_UNREACHABLE', env);
  });
});
