import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import { DecodeError } from '../src/messaging/decodeError.ts';
import { decodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import { encodeSingleObject } from '../src/messaging/singleObject.ts';
import { decodeStockCommand, stockCommandSchema } from '../src/messaging/stockCommandCodec.ts';
import { withWideLongs } from '../src/messaging/wideLongs.ts';
import { type DictMessage, sendWithPython } from '../src/testing/senders/sendWithPython.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';

type Body = Record<string, unknown>;
interface Dict {
  schema: 'StockCommand' | 'OrderEvent';
  kind: string;
  body: Body;
}

const line = { sku: 'A', quantity: 2 };
const commands: [string, ...Body[]][] = [
  ['ReceiveStock', { quantity: 5 }],
  ['ReserveStock', { orderId: 'o', quantity: 5 }, { orderId: 'o', quantity: 5, minimum: 2 }],
  ['ConfirmReservation', { orderId: 'o' }, { orderId: 'o', quantity: 2 }],
  ['ReleaseReservation', { orderId: 'o' }, { orderId: 'o', quantity: 2 }],
  ['ExtendReservation', { orderId: 'o', expiresAt: 9e12 }],
  ['ReturnStock', { orderId: 'o', quantity: 2 }],
  ['AdjustStock', { delta: -1, reason: 'broken' }],
  ['CountStock', { counted: 5, reason: 'count' }, { counted: 5, expected: 4, reason: 'count' }],
  ['RetryParked', {}],
  ['SkipParked', {}],
];
const events: [string, ...Body[]][] = [
  ['OrderPlaced', { lines: [line] }, { lines: [line], mode: 'partial' }],
  ['OrderPaid', {}],
  ['OrderCancelled', {}, { reason: 'changed my mind' }],
  ['OrderReturned', { lines: [line] }],
];
/** One misspelt field, or a text in place of a number. */
const wrong: Dict[] = [
  { schema: 'OrderEvent', kind: 'OrderPlaced', body: { line: [line] } },
  { schema: 'OrderEvent', kind: 'OrderPlaced', body: { lines: [{ sku: 'A', qty: 2 }] } },
  { schema: 'OrderEvent', kind: 'OrderCancelled', body: { why: 'changed my mind' } },
  { schema: 'StockCommand', kind: 'ReserveStock', body: { orderId: 'o', qty: 5 } },
  { schema: 'StockCommand', kind: 'ReserveStock', body: { order_id: 'o', quantity: 5 } },
  { schema: 'StockCommand', kind: 'ExtendReservation', body: { orderId: 'o', expires_at: 1 } },
  { schema: 'StockCommand', kind: 'ReceiveStock', body: { qty: 5 } },
  { schema: 'StockCommand', kind: 'ReceiveStock', body: { quantity: '5' } },
  { schema: 'StockCommand', kind: 'AdjustStock', body: { adjust: 5, reason: 'r' } },
  { schema: 'StockCommand', kind: 'CountStock', body: { count: 5, reason: 'r' } },
  { schema: 'StockCommand', kind: 'ReleaseReservation', body: { orderid: 'o' } },
];
const right: Dict[] = [
  ...commands.flatMap(([kind, ...bodies]) =>
    bodies.map((body) => ({ schema: 'StockCommand' as const, kind, body })),
  ),
  ...events.flatMap(([kind, ...bodies]) =>
    bodies.map((body) => ({ schema: 'OrderEvent' as const, kind, body })),
  ),
];

/** What a dict becomes: the kind that is read, or how it is refused, and by whom. */
async function fates(
  dicts: readonly Dict[],
  folder: '' | 'strict/',
  messageOf: (dict: Dict) => DictMessage['value'],
): Promise<string[]> {
  const found = new Map<Dict, string>();
  for (const schema of ['StockCommand', 'OrderEvent'] as const) {
    const own = dicts.filter((dict) => dict.schema === schema);
    const messages = own.map((dict) => ({ key: '', value: messageOf(dict) }));
    const { lines } = await sendWithPython(['-', '-'], `${folder}${schema}.avsc`, messages);
    expect(lines).to.have.length(own.length);
    const decode = schema === 'StockCommand' ? decodeStockCommand : decodeOrderEvent;
    own.forEach((dict, at) => found.set(dict, fateOf(lines[at]!, decode)));
  }
  return dicts.map((dict) => found.get(dict)!);
}

function fateOf(written: string, decode: (bytes: Buffer) => { kind: string }): string {
  if (written.startsWith('line')) return 'refused by the sender';
  try {
    return decode(Buffer.from(written, 'hex')).kind;
  } catch (error) {
    if (error instanceof DecodeError) return error.failure;
    throw error;
  }
}

const head = ({ schema }: Dict) =>
  schema === 'StockCommand' ? { commandId: 'c', sku: 'A' } : { eventId: 'e', orderId: 'o' };
const named = (dict: Dict) => ({ ...head(dict), body: { kind: dict.kind, ...dict.body } });
const beside = (dict: Dict) => ({ ...head(dict), kind: dict.kind, body: dict.body });
const plain = (dict: Dict) => ({ ...head(dict), body: dict.body });

describe('dicts of a Python program', function () {
  this.timeout(180_000);

  it('are of the kind that they name, with the schemas of schemas/strict', async () => {
    expect(await fates(right, 'strict/', named)).to.deep.equal(right.map(({ kind }) => kind));
  });

  it('are refused where they are written when a field is wrong', async () => {
    const seen = await fates(wrong, 'strict/', named);
    const others = seen.filter((fate) => fate !== 'refused by the sender');
    // A field that is optional may be missing, and what is unknown is left out.
    expect(others).to.deep.equal(['OrderCancelled']);
  });

  it('are refused there when they do not say of which kind they are', async () => {
    const seen = await fates([...right, ...wrong], 'strict/', plain);
    expect(new Set(seen)).to.deep.equal(new Set(['refused by the sender']));
  });

  it('are never taken for another kind when the message names it beside the body', async () => {
    const dicts = [...right, ...wrong];
    const seen = await fates(dicts, '', beside);
    const contradicted = seen.filter((fate) => fate === 'KIND_CONTRADICTED');
    expect(contradicted, 'fastavro chooses by shape').to.have.length.greaterThan(10);
    seen.forEach((fate, at) => {
      const { kind } = dicts[at]!;
      expect(fate).to.be.oneOf([kind, 'KIND_CONTRADICTED', 'refused by the sender']);
    });
  });

  describe('sent to a processor', () => {
    let onhand: TestInstallation;
    let processor: Processor;
    before(async () => {
      onhand = await testInstallation();
      processor = await onhand.startProcessor();
    });
    after(async () => {
      await processor?.stop();
      await onhand?.close();
    });

    it('arrive in the lanes of their keys, and do what they say', async () => {
      const brokers = onhand.settings.ONHAND_KAFKA_BROKERS;
      let sent = 0;
      const command = (sku: string, body: Body, more: Body = {}) => {
        return { key: sku, value: { commandId: `c-${++sent}`, sku, ...more, body } };
      };
      const event = (orderId: string, body: Body, more: Body = {}) => {
        return { key: orderId, value: { eventId: `e-${++sent}`, orderId, ...more, body } };
      };
      const skus = ['A', 'BANK CHARGES', '85123A', 'tea'];
      const { name: stockCommands } = onhand.topics.stockCommands;
      const { name: orderEvents } = onhand.topics.orderEvents;
      const received = await sendWithPython(
        [brokers, stockCommands],
        'strict/StockCommand.avsc',
        skus.map((sku) => command(sku, { kind: 'ReceiveStock', quantity: 5 })),
      );
      expect(received).to.deep.equal({ code: 0, lines: [] });
      await onhand.settled();
      const orders = await sendWithPython(
        [brokers, orderEvents],
        'strict/OrderEvent.avsc',
        ['A', '85123A', 'tea'].flatMap((sku) => [
          event(`o-${sku}`, { kind: 'OrderPlaced', lines: [{ sku, quantity: 2 }] }),
          event(`o-${sku}`, { kind: sku === 'A' ? 'OrderCancelled' : 'OrderPaid' }),
        ]),
      );
      expect(orders.code).to.equal(0);
      // By shape this cancellation is a payment; what it says of itself is something else.
      await sendWithPython([brokers, orderEvents], 'OrderEvent.avsc', [
        event('o-tea', {}, { kind: 'OrderCancelled' }),
      ]);
      await onhand.settled();
      const outcomes = (await onhand.events()).map(({ kind, sku }) => `${kind} ${sku}`);
      expect(outcomes).to.include.members(skus.map((sku) => `StockReceived ${sku}`));
      expect(outcomes).to.include.members(['ReservationReleased A', 'ReservationConfirmed tea']);
      const letters = (await onhand.read('orderDeadLetter')).map(({ headers }) =>
        String(headers['onhand-reason']),
      );
      expect(letters).to.deep.equal(['KIND_CONTRADICTED']);
    });

    it('are refused by name when a deadline is further away than any double', async () => {
      const fields = { orderId: 'o-9', quantity: 1, minimum: null, ttlSeconds: null };
      const value = encodeSingleObject(withWideLongs(stockCommandSchema), {
        ...{ commandId: 'c-wide', sku: 'tea', location: 'main', reply: false, kind: '' },
        body: { 'onhand.ReserveStock': { ...fields, expiresAt: 2 ** 62 } },
      });
      await onhand.sendRaw([{ key: 'tea', value }]);
      await onhand.settled();
      const outcome = (await onhand.events()).find(({ commandId }) => commandId === 'c-wide');
      expect(outcome).to.include({ kind: 'CommandRejected', reason: 'EXPIRY_INVALID' });
    });
  });
});
